"""Whom a token proves."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import Identity, TokenVerifier
from tests.support.jws import DAY, claims, in_, token, without
from tests.support.service import SECRET

ALICE = Identity("alice", None, None)
NAMELESS = "The token names no user: user_id or sub must be a non-empty string"
AMBIGUOUS = "The token names two users: user_id and sub differ"
UNFIT = "The user id must have at most 255 characters, and no control characters"

verifier = TokenVerifier(SECRET)


@pytest.mark.requirement("FR-004")
@pytest.mark.parametrize(
    ("payload", "identity"),
    [
        (claims(), ALICE),
        (without("sub", claims(user_id="alice")), ALICE),
        (claims(user_id="alice"), ALICE),
        (claims(email="a@example.com", name="Alice"), Identity("alice", "a@example.com", "Alice")),
        (claims(email=7, name="A\x00"), ALICE),
        (claims(sub=" alice "), Identity(" alice ", None, None)),
        (claims(sub="x" * 255), Identity("x" * 255, None, None)),
        (claims(sub="Ünïcøde 🥛"), Identity("Ünïcøde 🥛", None, None)),
    ],
    ids=[
        "sub",
        "user_id",
        "both the same",
        "email and name",
        "email and name that cannot be kept",
        "spaces around are kept",
        "255 characters",
        "any script",
    ],
)
def test_a_good_token_proves_its_user(payload: object, identity: Identity) -> None:
    assert verifier.verify(token(payload)) == identity


def test_a_token_as_better_auth_makes_it_proves_its_user() -> None:
    base_url = "https://app.example.com"
    payload = {
        "id": "yT4kqZ0v1S2bXw3n",
        "name": "Alice",
        "email": "alice@example.com",
        "emailVerified": True,
        "image": None,
        "createdAt": "2026-01-31T09:30:00.123Z",
        "updatedAt": "2026-01-31T09:30:00.123Z",
        "iat": in_(0),
        "exp": in_(900),
        "iss": base_url,
        "aud": base_url,
        "sub": "yT4kqZ0v1S2bXw3n",
    }

    strict = TokenVerifier(SECRET, issuer=base_url, audience=base_url)
    identity = strict.verify(token(payload, header={"alg": "HS256", "kid": "1"}))

    assert identity == ("yT4kqZ0v1S2bXw3n", "alice@example.com", "Alice")


@pytest.mark.requirement("FR-035")
@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ({}, NAMELESS),
        ({"sub": ""}, NAMELESS),
        ({"sub": " \t\u2003"}, NAMELESS),
        ({"sub": None}, NAMELESS),
        ({"user_id": None, "sub": "alice"}, NAMELESS),
        ({"sub": 7}, NAMELESS),
        ({"sub": True}, NAMELESS),
        ({"sub": ["alice"]}, NAMELESS),
        ({"user_id": {"id": "alice"}}, NAMELESS),
        ({"user_id": "", "sub": "alice"}, NAMELESS),
        ({"sub": "x" * 256}, UNFIT),
        ({"sub": "al\x00ice"}, UNFIT),
        ({"sub": "alice\n"}, UNFIT),
        ({"sub": "al\x85ice"}, UNFIT),
        ({"sub": "al\ud800ice"}, UNFIT),
        ({"user_id": "bob", "sub": "alice"}, AMBIGUOUS),
        ({"user_id": "alice ", "sub": "alice"}, AMBIGUOUS),
    ],
    ids=lambda value: ascii(value)[:32] if isinstance(value, dict) else "",
)
def test_a_token_that_names_no_user_is_refused(ids: dict[str, object], message: str) -> None:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(token({"exp": in_(DAY), **ids}))

    assert str(refusal.value) == message
