"""A user grants something to an application, by Better Auth as an OAuth provider."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from tests.system.better_auth.person import Person

_CALLBACK = "https://third-party.example/callback"
_VERIFIER = "wJ8rXq2mZt5vKc9yBn4hLd7sGf3pAe6uwJ8rXq2mZt5vKc9y"


def granted(person: Person, *, scope: str, resource: str | None = None) -> dict[str, str]:
    """Register an application, have the person consent, and return the application's tokens."""
    client = person.post(
        "/api/auth/oauth2/register",
        client_name="A third party",
        redirect_uris=[_CALLBACK],
        scope=scope,
        token_endpoint_auth_method="client_secret_post",
    ).json()
    code = _consented(
        person, client["client_id"], scope, {"resource": resource} if resource else {}
    )
    return person.exchange(
        {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": _VERIFIER,
            "client_id": client["client_id"],
            "client_secret": client["client_secret"],
            "redirect_uri": _CALLBACK,
            **({"resource": resource} if resource else {}),
        }
    )


def _consented(person: Person, client_id: str, scope: str, target: dict[str, str]) -> str:
    consent_page = person.redirected(
        "/api/auth/oauth2/authorize",
        response_type="code",
        client_id=client_id,
        redirect_uri=_CALLBACK,
        scope=scope,
        state="of-the-third-party",
        nonce="n-0S6_WzA2Mj",
        code_challenge=urlsafe_b64encode(sha256(_VERIFIER.encode()).digest()).decode().rstrip("="),
        code_challenge_method="S256",
        **target,
    )
    assert urlsplit(consent_page).path == "/consent", consent_page
    query = urlsplit(consent_page).query
    accepted = person.post("/api/auth/oauth2/consent", accept=True, oauth_query=query).json()
    callback: str = accepted.get("url") or accepted["redirect_uri"]
    (code,) = parse_qs(urlsplit(callback).query)["code"]
    return code
