"""The answers that the protocol gives itself, as bytes."""

from http import HTTPStatus

from handlers.problems import Rendered
from tasks_api.server.answer_headers import Headers


def as_bytes(answer: Rendered, headers: Headers, *, has_body: bool) -> bytes:
    """Write an answer that ends its connection, in the contract's shape.

    To HEAD it is the head alone (RFC 9110, section 9.3.2).
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
