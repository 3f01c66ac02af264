"""What Better Auth signs with the same key for others: id_tokens, access tokens, logout tokens."""

import pytest

from boundary.errors import Unauthenticated
from tasks_api.security.verifier import TokenVerifier
from tests.support.jws import HEADER, claims, in_, token
from tests.support.service import SECRET

BASE_URL = "https://app.example.com"
CLIENT = "TnVwYZqLkRsHdFgJ"
SESSION = {"iss": BASE_URL, "aud": BASE_URL}

verifier = TokenVerifier(SECRET)
of_the_base_url = TokenVerifier(SECRET, audience=BASE_URL)
of_an_audience = TokenVerifier(SECRET, audience="tasks")


def refusal_of(text: str, by: TokenVerifier = verifier) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        by.verify(text)
    return str(refusal.value)


def other_kind(reason: str) -> str:
    where = "Send the token from /api/auth/token (see JWT_AUDIENCE)."
    return f"Another kind of JWT: {reason}. {where}"


def test_an_id_token_of_another_client_is_refused() -> None:
    id_token = claims(iss=BASE_URL, aud=CLIENT, acr="0", at_hash="x", auth_time=in_(0), nonce="n")

    assert refusal_of(token(id_token)) == other_kind("its aud is not its iss")
    assert refusal_of(token(id_token), of_the_base_url) == "Unexpected audience (aud)"
    assert refusal_of(token(id_token), of_an_audience) == "Unexpected audience (aud)"


@pytest.mark.parametrize(
    "audience",
    [
        CLIENT,
        f"{BASE_URL}/",
        [BASE_URL, f"{BASE_URL}/api/auth/oauth2/userinfo"],
        [CLIENT, BASE_URL],
        [],
        "",
        None,
        7,
        {BASE_URL: 1},
    ],
    ids=repr,
)
def test_without_an_audience_in_the_settings_it_must_be_the_issuer(audience: object) -> None:
    refused = token(claims(iss=BASE_URL, aud=audience))

    assert refusal_of(refused) == other_kind("its aud is not its iss")


@pytest.mark.parametrize("issuer", [{}, {"iss": None}, {"iss": [BASE_URL]}], ids=repr)
def test_an_audience_needs_an_issuer(issuer: dict[str, object]) -> None:
    for audience in (BASE_URL, None, [BASE_URL]):
        refused = token(claims(aud=audience, **issuer))

        assert refusal_of(refused) == other_kind("its aud is not its iss")


@pytest.mark.parametrize("audience", [{}, SESSION, {"iss": BASE_URL, "aud": [BASE_URL]}], ids=repr)
def test_a_token_of_a_session_is_accepted(audience: dict[str, object]) -> None:
    assert verifier.verify(token(claims(**audience))).user_id == "alice"


@pytest.mark.parametrize("by", [verifier, of_the_base_url], ids=["no audience", "the base URL"])
@pytest.mark.parametrize(
    "name",
    [
        *("acr", "amr", "at_hash", "auth_time", "azp", "c_hash", "nonce", "s_hash", "sub_jwk"),
        *("act", "client_id", "cnf", "scope", "events", "token_introspection"),
    ],
)
@pytest.mark.parametrize("value", ["x", None, 0], ids=repr)
def test_a_claim_of_another_kind_is_refused(by: TokenVerifier, name: str, value: object) -> None:
    refused = token(claims(**SESSION, **{name: value}))

    assert refusal_of(refused, by) == other_kind(f"it has the claim {name}")


def test_an_audience_of_this_service_alone_may_have_any_claim() -> None:
    accepted = token(claims(iss=BASE_URL, aud=["tasks", CLIENT], scope="tasks", azp=CLIENT))

    assert of_an_audience.verify(accepted).user_id == "alice"


@pytest.mark.parametrize(
    "typ",
    [
        *("at+jwt", "application/at+jwt", "logout+jwt", "secevent+jwt", "dpop+jwt"),
        *("JWS", "", " JWT", None, 7, ["JWT"]),
    ],
    ids=repr,
)
@pytest.mark.parametrize("by", [verifier, of_the_base_url], ids=["no audience", "the base URL"])
def test_another_type_is_refused(by: TokenVerifier, typ: object) -> None:
    refused = token(claims(**SESSION), header={**HEADER, "typ": typ})

    assert refusal_of(refused, by) == other_kind("its typ is not JWT")
