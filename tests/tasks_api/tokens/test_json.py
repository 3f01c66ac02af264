"""Header and payload are JSON objects in UTF-8, read in the one way there is to read them."""

import json

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.service import SECRET
from tests.tasks_api.tokens.jws import DAY, claims, in_, token

MALFORMED = "The token is malformed"

LATER = in_(DAY)

verifier = TokenVerifier(SECRET)


def refusal_of(text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize(
    "header",
    [
        '{"alg": "none", "alg": "HS256"}',
        '{"alg": "HS256", "x": {"a": 1, "a": 2}}',
        '{"alg": "HS256"}'.encode("utf-16"),
        b'{"alg": "HS256", "x": "\xff"}',
        '["HS256"]',
        '"HS256"',
        '{"alg":' * 1000,
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_header_that_is_not_one_json_object_in_utf_8_is_malformed(header: object) -> None:
    assert refusal_of(token(claims(), header=header)) == MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        f'{{"sub": "alice", "exp": {LATER}}}'.encode("utf-16"),
        f'{{"sub": "alice", "exp": {LATER}}}'.encode("utf-16-le"),
        b"\xef\xbb\xbf" + json.dumps(claims()).encode(),
        b'{"sub": "al\xffice", "exp": %d}' % LATER,
        b'{"sub": "al\xed\xa0\x80ice", "exp": %d}' % LATER,
        f'{{"sub": "mallory", "exp": {LATER}, "sub": "alice"}}',
        f'{{"sub": "alice", "exp": {LATER}, "x": {{"a": 1, "a": 1}}}}',
        f'{{"sub": "alice", "exp": {LATER}, "x": NaN}}',
        f'{{"sub": "alice", "exp": {LATER}, "x": -Infinity}}',
        f'{{"sub": "alice", "exp": {LATER}}} x',
        f'{{"sub": "alice", "exp": {LATER},}}',
        f"{{'sub': 'alice', 'exp': {LATER}}}",
        f'{{"sub": "alice", "exp": {LATER}, "x": "\n"}}',
        f'{{"sub": "alice", "exp": {LATER}, "x": {"9" * 5000}}}',
        '{"x":' * 1000,
        "[" * 6000,
        '"alice"',
        "[]",
        "null",
        "7",
        b"\x00",
    ],
    ids=[
        "UTF-16 with its mark",
        "UTF-16 without",
        "byte-order mark",
        "no UTF-8",
        "surrogate in UTF-8",
        "sub twice",
        "a name twice further down",
        "NaN",
        "Infinity",
        "text after",
        "comma at the end",
        "single quotes",
        "line break in a string",
        "5,000 digits",
        "objects, 1,000 deep",
        "arrays, 6,000 deep",
        "string",
        "array",
        "null",
        "number",
        "NUL",
    ],
)
def test_a_payload_that_is_not_one_json_object_in_utf_8_is_malformed(payload: bytes | str) -> None:
    assert refusal_of(token(payload)) == MALFORMED
