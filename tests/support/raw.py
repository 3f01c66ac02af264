"""Requests as bytes, for what no HTTP client would send."""

import socket
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson


class Answer(NamedTuple):
    """What came back: the status, the headers by lower-case name, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The code of the error, or nothing for a success."""
        code: str = self._error.get("code", "")
        return code

    @property
    def details(self) -> list[dict[str, str]]:
        """The violations of a 422, or nothing."""
        details: list[dict[str, str]] = self._error.get("details", [])
        return details

    def blames(self, field: str) -> bool:
        """Tell whether this is a small 422 that names this field and no other."""
        blamed = {detail["field"] for detail in self.details}
        return self.status == 422 and blamed == {field} and len(self.body) <= 2048

    @property
    def _error(self) -> dict[str, Any]:
        error: dict[str, Any] = orjson.loads(self.body).get("error", {}) if self.body else {}
        return error


def send(url: str, request: bytes, *, timeout: float = 60) -> Answer:
    """Send bytes on a connection of their own, and read the one answer."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=timeout) as connection:
        connection.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += _more(connection)
        head, _, body = received.partition(b"\r\n\r\n")
        status, headers = _head(head)
        without_body = request.startswith(b"HEAD ") or status == 204
        while not without_body and len(body) < int(headers.get("content-length", 0)):
            body += _more(connection)
    return Answer(status, headers, body)


def request(
    line: str, *headers: str | bytes, token: str | None = None, body: bytes | None = None
) -> bytes:
    """Write a request with the usual headers, these, and the length of the body."""
    lines: list[bytes] = [f"{line} HTTP/1.1".encode("latin-1"), b"Host: tasks.example"]
    lines += [header.encode() if isinstance(header, str) else header for header in headers]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}".encode())
    if body is not None:
        lines.append(f"Content-Length: {len(body)}".encode())
    return b"\r\n".join(lines) + b"\r\n\r\n" + (body or b"")


def fields(name: str, values: list[bytes]) -> list[str | bytes]:
    """Write a header once for each value."""
    return [name.encode() + b":" + value for value in values]


def chunked(*chunks: bytes) -> bytes:
    """Write a body in chunks (RFC 9112, section 7.1)."""
    return b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError
    return received


def _head(head: bytes) -> tuple[int, dict[str, str]]:
    status, *lines = head.decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in lines)
    return int(status.split()[1]), {name.lower(): value.strip() for name, _, value in fields}
