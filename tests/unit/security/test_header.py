"""The header of a token: its type and its algorithm."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import HEADER, claims, encoded, signed, token
from tests.support.service import SECRET

MALFORMED = "Malformed token"
INVALID_SIGNATURE = "Invalid signature"

verifier = TokenVerifier(SECRET)


def refusal_of(text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        verifier.verify(text)
    return str(refusal.value)


@pytest.mark.parametrize("typ", [None, "JWT", "jwt", "Jwt"])
def test_the_type_is_absent_or_jwt_in_any_letter_case(typ: str | None) -> None:
    header = {"alg": "HS256"} if typ is None else {"alg": "HS256", "typ": typ}

    assert verifier.verify(token(claims(), header=header)).user_id == "alice"


@pytest.mark.parametrize(
    ("algorithm", "named"),
    [
        ("none", "none"),
        ("RS256", "RS256"),
        ("ES256", "ES256"),
        ("HS512", "another algorithm"),
        ("ES512", "ES512"),
        ("hs256", "another algorithm"),
        ("None", "another algorithm"),
        ("x\r\nX-Evil: 1", "another algorithm"),
        ("", "another algorithm"),
        (None, "another algorithm"),
        (["HS256"], "another algorithm"),
        ({"HS256": 1}, "another algorithm"),
    ],
    ids=repr,
)
def test_another_algorithm_is_named_where_it_is_a_common_one(algorithm: object, named: str) -> None:
    refusal = refusal_of(token(claims(), header={"alg": algorithm}))

    assert refusal == f"The token must be signed with HS256 or EdDSA, not {named}"


def test_a_token_that_says_none_and_is_not_signed_is_refused() -> None:
    unsigned = f"{encoded({'alg': 'none'})}.{encoded(claims())}."

    assert refusal_of(unsigned) == "The token must be signed with HS256 or EdDSA, not none"


@pytest.mark.requirement("FR-003")
def test_the_algorithm_is_pinned_whatever_else_the_secret_signed() -> None:
    header = encoded({"alg": "HS512"})
    other = signed(f"{header}.{encoded(claims())}", algorithm="sha512")

    assert (
        refusal_of(other) == "The token must be signed with HS256 or EdDSA, not another algorithm"
    )


@pytest.mark.parametrize(
    "extra",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False},
        {"b64": True},
        {"crit": ["b64"], "b64": True},
    ],
    ids=repr,
)
def test_a_header_that_must_be_understood_and_is_not_is_named(extra: dict[str, object]) -> None:
    name = "b64" if "b64" in extra else "crit"
    message = f"The header of the token has {name}, which is not supported. Sign it without."

    assert refusal_of(token(claims(), header={**HEADER, **extra})) == message


def test_a_key_id_that_is_no_text_is_malformed() -> None:
    assert refusal_of(token(claims(), header={**HEADER, "kid": 7})) == MALFORMED


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x5"},
        {"x5c": ["AAAA"]},
    ],
    ids=repr,
)
def test_a_key_that_the_header_names_is_not_used(extra: dict[str, object]) -> None:
    signing_input = f"{encoded({**HEADER, **extra})}.{encoded(claims())}"

    assert verifier.verify(signed(signing_input)).user_id == "alice"
    assert refusal_of(signed(signing_input, secret="\0\0\0")) == INVALID_SIGNATURE
