"""The headers of every answer, and the answers that the protocol gives without the application."""

from http import HTTPStatus

from boundary.docs import PATHS
from handlers.problems import Rendered
from tasks_api.observability.exchange import REQUEST_ID

Headers = list[tuple[bytes, bytes]]

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")


def common_headers(request_id: bytes, path: bytes = b"") -> Headers:
    """Return the headers that every answer has.

    Only the published contract may be cached; everything else is private or true for a moment only.
    A client that keeps an answer itself can still validate it with `If-None-Match`.
    """
    headers = [_NOSNIFF, (REQUEST_ID, request_id)]
    return headers if path.removesuffix(b"/") in PATHS else [*headers, _NO_STORE]


def refusal(answer: Rendered, headers: Headers, *, has_body: bool) -> bytes:
    """Return the bytes of an error answer that ends its connection.

    The answer to HEAD has no body (RFC 9110, section 9.3.2).
    """
    fields = answer.headers | {
        "Content-Type": "application/json",
        "Content-Length": str(len(answer.body)),
        "Connection": "close",
    }
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    lines = [status, *(f"{name}: {value}" for name, value in fields.items())]
    head = [line.encode() for line in lines] + [b"%b: %b" % header for header in headers]
    return b"\r\n".join([*head, b"", answer.body if has_body else b""])
