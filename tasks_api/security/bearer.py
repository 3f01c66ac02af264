"""The token check that the contract's `bearerAuth` names, and how Connexion comes to it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.lifecycle import ConnexionRequest
from connexion.security import NO_VALUE, BearerSecurityHandler
from starlette.types import Scope

from boundary.errors import Unauthenticated
from tasks_api.security.refusals import MALFORMED
from tasks_api.security.verifier import TokenVerifier

Claims = Mapping[str, str | None]


class BearerToken(BearerSecurityHandler):
    """Reads the token as RFC 6750 spells it, section 2.1, and no more than one.

    Connexion's own handler reads the first of several headers, split at any white space, and
    inspects the signature of the check for every request.
    """

    def get_fn(
        self, security_scheme: dict[str, Any], _required_scopes: list[str]
    ) -> Callable[[ConnexionRequest], Awaitable[Any]]:
        """Return what Connexion calls for each request to an operation with this scheme."""
        check = self._resolve_func(security_scheme)  # type: ignore[no-untyped-call]

        async def authenticate(request: ConnexionRequest) -> Any:
            token = _token_of(request.scope)
            return NO_VALUE if token is None else await check(token, scope=request.scope)

        return authenticate


async def check_token(token: str, *, scope: Scope) -> Claims:
    """Return the identity that the token proves, with the user id as `sub`.

    Connexion hands it to the handlers, whole as `token_info` and its `sub` as `user`. It runs in
    the event loop, which it never blocks.

    Raises:
        Unauthenticated: The token proves no identity.
    """
    verifier: TokenVerifier = scope["state"]["token_verifier"]
    await verifier.prepare(token)
    identity = verifier.verify(token)
    return {"sub": identity.user_id, "email": identity.email, "name": identity.name}


def _token_of(scope: Scope) -> str | None:
    """Return the token; None where there is no header, or it is of another scheme."""
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    first = sent[0].decode("latin-1") if sent else ""
    scheme, rest = first[: len("Bearer")], first[len("Bearer") :]
    if scheme.lower() != "bearer" or not rest[:1].isspace() or not rest.strip():
        return None
    if len(sent) > 1 or rest[0] != " " or rest[1].isspace():
        raise Unauthenticated(MALFORMED)
    return rest[1:]
