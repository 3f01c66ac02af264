"""The answers that the protocol gives itself, as bytes and as lines of the access log."""

from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from uvicorn.protocols.utils import get_client_addr, get_path_with_query_string

from handlers.problems import rendered


def refusal_of(cycle: RequestResponseCycle | None, reason: Exception) -> bytes:
    """Write the refusal of a request, or of what is none, and log it as uvicorn logs answers.

    To HEAD it is the head alone (RFC 9110, section 9.3.2).
    """
    answer = rendered(reason)
    headers = answer.headers | {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "Connection": "close",
    }
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    head = [status, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    if cycle is not None:
        _log(cycle, answer.status)
    has_body = cycle is None or cycle.scope["method"] != "HEAD"
    return "\r\n".join(head).encode() + (answer.body if has_body else b"")


def _log(cycle: RequestResponseCycle, status: int) -> None:
    if cycle.access_log:
        cycle.access_logger.info(
            '%s - "%s %s HTTP/%s" %d',
            get_client_addr(cycle.scope),
            cycle.scope["method"],
            get_path_with_query_string(cycle.scope),
            cycle.scope["http_version"],
            status,
        )
