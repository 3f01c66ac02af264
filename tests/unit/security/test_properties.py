"""Whatever is sent as a token, it proves a user or is refused; nothing else can happen."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import Identity, TokenVerifier
from tests.support.jws import HEADER, claims, encoded, signed, token
from tests.support.service import SECRET

FIT_FOR_A_HEADER = re.compile(r"[ !#-\[\]-~]+")

verifier = TokenVerifier(SECRET)
strict = TokenVerifier(SECRET, issuer="https://i.example", audience="https://a.example")
bounded = settings(max_examples=150, derandomize=True, deadline=None, database=None)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=3,
)
headers = st.dictionaries(st.sampled_from(["alg", "typ", "kid", "b64", "crit"]), json_values)
payloads = st.dictionaries(
    st.sampled_from(["sub", "user_id", "exp", "nbf", "iat", "iss", "aud", "jti", "email"]),
    json_values,
)


@bounded
@given(st.text() | st.text("aZ09-_.=+/ \n", max_size=60))
def test_no_text_at_all_is_a_token(text: str) -> None:
    assert outcome(text) is None


@bounded
@given(st.data())
def test_no_change_to_a_token_goes_unnoticed(data: st.DataObject) -> None:
    good = token(claims())
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(start + 3, len(good))))
    put = data.draw(st.text(max_size=3) | st.text("aZ09-_.=", max_size=3))

    changed = good[:start] + put + good[end:]

    assert outcome(changed) == (Identity("alice", None, None) if changed == good else None)


@bounded
@given(headers)
def test_any_header_may_be_signed(header: dict[str, object]) -> None:
    assert is_sound(outcome(token(claims(), header=header)))
    assert is_sound(outcome(token(claims(), header={**header, **HEADER})))


@bounded
@given(payloads)
def test_any_claims_may_be_signed(payload: dict[str, object]) -> None:
    assert is_sound(outcome(token(payload)))
    assert is_sound(outcome(token({**claims(), **payload})))


@bounded
@given(st.binary(max_size=40), st.binary(max_size=40))
def test_no_bytes_but_json_are_a_token(header: bytes, payload: bytes) -> None:
    assert outcome(signed(f"{encoded(header)}.{encoded(payload)}")) is None
    assert outcome(token(payload)) is None


def outcome(text: str) -> Identity | None:
    """Return the identity, or None for a refusal; its message fits into a header."""
    refusals = []
    for each in (strict, verifier):
        try:
            return each.verify(text)
        except Unauthenticated as refusal:
            refusals.append(str(refusal))
    assert all(map(FIT_FOR_A_HEADER.fullmatch, refusals))
    return None


def is_sound(identity: Identity | None) -> bool:
    return identity is None or (0 < len(identity.user_id) <= 255 and not identity.user_id.isspace())
