"""The header of a token: signed with HS256, a JWT, and nothing that changes what it means."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.service import SECRET
from tests.tasks_api.tokens.jws import HEADER, claims, encoded, signed, token

MALFORMED = "The token is malformed"

verifier = TokenVerifier(SECRET)


def refusal_of(text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "Jwt"])
def test_the_type_is_absent_or_jwt_in_any_letter_case(typ: str | None) -> None:
    header = {"alg": "HS256"} if typ is None else {"alg": "HS256", "typ": typ}

    assert verifier.verify(token(claims(), header=header)).user_id == "alice"


@pytest.mark.parametrize("typ", ["at+jwt", "JWS", "", " JWT", None, 7, ["JWT"]], ids=repr)
def test_another_type_is_malformed(typ: object) -> None:
    assert refusal_of(token(claims(), header={"alg": "HS256", "typ": typ})) == MALFORMED


@pytest.mark.parametrize(
    ("algorithm", "named"),
    [
        ("none", "none"),
        ("RS256", "RS256"),
        ("ES256", "ES256"),
        ("HS512", "another one"),
        ("ES512", "ES512"),
        ("hs256", "another one"),
        ("None", "another one"),
        ("x\r\nX-Evil: 1", "another one"),
        ("", "another one"),
        (None, "another one"),
        (["HS256"], "another one"),
        ({"HS256": 1}, "another one"),
    ],
    ids=repr,
)
def test_another_algorithm_is_named_where_it_is_a_common_one(algorithm: object, named: str) -> None:
    refusal = refusal_of(token(claims(), header={"alg": algorithm}))

    assert refusal == f"The token must be signed with HS256 or EdDSA, not {named}"


def test_a_token_that_says_none_and_is_not_signed_is_refused() -> None:
    unsigned = f"{encoded({'alg': 'none'})}.{encoded(claims())}."

    assert refusal_of(unsigned) == "The token must be signed with HS256 or EdDSA, not none"


def test_the_algorithm_is_pinned_whatever_else_the_secret_signed() -> None:
    header = encoded({"alg": "HS512"})
    other = signed(f"{header}.{encoded(claims())}", algorithm="sha512")

    assert refusal_of(other) == "The token must be signed with HS256 or EdDSA, not another one"


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x5"},
        {"x5c": ["AAAA"]},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
        {"cty": "JWT"},
        {"b64": False},
        {"jwk": None},
        {"kid": 7},
    ],
    ids=repr,
)
def test_a_header_that_changes_the_meaning_is_malformed(extra: dict[str, object]) -> None:
    assert refusal_of(token(claims(), header={**HEADER, **extra})) == MALFORMED
