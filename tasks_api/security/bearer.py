"""The bearer token of a request: read from its header, and checked as `bearerAuth` says."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.lifecycle import ConnexionRequest
from connexion.security import NO_VALUE, BearerSecurityHandler
from starlette.types import Scope

from tasks_api.security.refusals import Refusal, refuse
from tasks_api.security.verifier import TokenVerifier

Claims = Mapping[str, str | None]


class BearerToken(BearerSecurityHandler):
    """Reads one token, as RFC 6750, section 2.1, and RFC 9110, section 11.4, write it.

    Connexion's own handler takes the first of several headers, splits it at any white space, and
    inspects the signature of the check for every request.
    """

    def __init__(self, verifier: TokenVerifier) -> None:
        super().__init__()
        self._verifier = verifier

    def get_fn(
        self, security_scheme: dict[str, Any], _required_scopes: list[str]
    ) -> Callable[[ConnexionRequest], Awaitable[Any]]:
        """Return what Connexion calls for each request to an operation with this scheme."""
        check = self._resolve_func(security_scheme)  # type: ignore[no-untyped-call]

        async def authenticate(request: ConnexionRequest) -> Any:
            token = _token_of(request.scope)
            return NO_VALUE if token is None else await check(token, verifier=self._verifier)

        return authenticate


async def check_token(token: str, *, verifier: TokenVerifier) -> Claims:
    """Return the identity that the token proves, with the user id as `sub`.

    The contract names this function. Connexion passes the result to the handlers as `token_info`,
    and its `sub` as `user`. It runs in the event loop, and never blocks it.

    Raises:
        TokenRefused: The token proves no identity.
    """
    await verifier.prepare(token)
    identity = verifier.verify(token)
    return {"sub": identity.user_id, "email": identity.email, "name": identity.name}


def _token_of(scope: Scope) -> str | None:
    """Return the token; None if there is no header, or one of another scheme."""
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    # White space around a value is no part of it (RFC 9110, section 5.5).
    first = sent[0].decode("latin-1").strip(" \t") if sent else ""
    scheme, rest = first[: len("Bearer")], first[len("Bearer") :]
    if scheme.lower() != "bearer" or not rest[:1].isspace():
        return None
    if len(sent) > 1:
        refuse(Refusal.REPEATED)
    return rest.lstrip(" ")
