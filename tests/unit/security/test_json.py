"""Header and payload are JSON objects."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import DAY, claims, in_, token
from tests.support.service import SECRET

MALFORMED = "Malformed token"

LATER = in_(DAY)

verifier = TokenVerifier(SECRET)


def refusal_of(text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg": "HS256", "x": "\xff"}',
        '["HS256"]',
        '"HS256"',
        '{"alg":' * 800,
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_header_that_is_not_a_json_object_is_malformed(header: object) -> None:
    assert refusal_of(token(claims(), header=header)) == MALFORMED


@pytest.mark.parametrize(
    "payload",
    [
        b'{"sub": "al\xffice", "exp": %d}' % LATER,
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
        "no UTF-8",
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
def test_a_payload_that_is_not_a_json_object_is_malformed(payload: bytes | str) -> None:
    assert refusal_of(token(payload)) == MALFORMED
