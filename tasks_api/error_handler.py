"""How errors are answered, and what of them an operator wants to know."""

from connexion.exceptions import Unauthorized
from connexion.lifecycle import ConnexionRequest, ConnexionResponse

from boundary.errors import Unauthenticated
from handlers import problems
from persistence.errors import OwnerNotFound
from tasks_api.observability import defects
from tasks_api.observability.exchange import exchange_of
from tasks_api.security.reasons import Reason, reason_of_message


async def answer(request: ConnexionRequest, error: Exception) -> ConnexionResponse:
    """Answer an exception by the table of problems. Async, so that it waits for no thread."""
    exchange = exchange_of(request.scope)
    if exchange is not None:
        exchange.refusal = _reason_of(error)
    if problems.is_defect(error):
        defects.report(error, request_id=exchange.request_id if exchange else None)
    return await problems.answer(request, error)


def _reason_of(error: Exception) -> Reason | None:
    """Return why a token was refused, None where that is not what is wrong."""
    if isinstance(error, Unauthenticated):
        return reason_of_message(str(error))
    if isinstance(error, Unauthorized):
        return "missing"
    return "unknown_user" if isinstance(error, OwnerNotFound) else None
