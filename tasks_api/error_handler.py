"""Answers errors, and records what an operator wants to know of them."""

from connexion.exceptions import Unauthorized
from connexion.lifecycle import ConnexionRequest, ConnexionResponse

from handlers import problems
from persistence.errors import OwnerNotFound
from tasks_api.observability import faults
from tasks_api.observability.exchange import Exchange, exchange_of
from tasks_api.security.refusals import Refusal, TokenRefused


async def answer(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Answer an exception by the table of problems. Async, so that it waits for no thread."""
    # There is no exchange if the server is not ours.
    exchange = exchange_of(request.scope) or Exchange(request.scope)
    refusal = _refusal_of(error)
    if refusal is not None:
        exchange.refusal = refusal.code
    if problems.is_unhandled(error):
        faults.report_unhandled(error, request_id=exchange.request_id)
    return problems.answer(error, request_id=exchange.request_id.decode())


def _refusal_of(error: Exception) -> Refusal | None:
    """Return why the token was refused; None if it was not."""
    if isinstance(error, TokenRefused):
        return error.refusal
    if isinstance(error, Unauthorized):  # Connexion's, where no token was sent.
        return Refusal.MISSING_TOKEN
    return Refusal.UNKNOWN_USER if isinstance(error, OwnerNotFound) else None
