"""The token check that the contract's `bearerAuth` names."""

from connexion.lifecycle import ConnexionRequest

from boundary.errors import Unauthenticated
from tasks_api.tokens.refusals import MALFORMED
from tasks_api.tokens.verifier import TokenVerifier


async def check_token(token: str, *, request: ConnexionRequest) -> dict[str, str | None]:
    """Return the identity that the token proves, with the user id as `sub`.

    Connexion hands it to the handlers, whole as `token_info` and its `sub` as `user`. Async, so
    that it runs in the event loop, which it never blocks.

    Raises:
        Unauthenticated: The token proves no identity.
    """
    _refuse_ambiguous_headers(request, token)
    verifier: TokenVerifier = request.state.token_verifier
    await verifier.prepare(token)
    identity = verifier.verify(token)
    return {"sub": identity.user_id, "email": identity.email, "name": identity.name}


def _refuse_ambiguous_headers(request: ConnexionRequest, token: str) -> None:
    """Connexion reads the first of several headers, split at any white space."""
    sent = request.headers.getlist("authorization")
    if len(sent) != 1 or sent[0][len("Bearer") :] != f" {token}":
        raise Unauthenticated(MALFORMED)
