"""uvicorn's HTTP protocol, with the bounds that it lacks and answers in the contract's shape."""

import asyncio
import re
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from boundary.errors import HeadersTooLarge, MalformedRequest, RequestRefused
from handlers.problems import rendered

MAX_HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0

# The parser takes what follows an upgrade for another protocol, and would lose the body of a
# request that only offers one, as some clients do with every request. Nothing here is upgraded,
# and RFC 9110, section 7.8, lets a server ignore the offer.
_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a head of more than `MAX_HEAD_BYTES`, and closes a connection that dawdles.

    A head must be complete within `HEAD_SECONDS` of its first byte, and the first one within as
    long of the connection. What keeps sending after its answer gets as long to come to an end.
    """

    _dawdling: asyncio.TimerHandle | None = None
    _in_head = True
    _head_bytes = 0
    _bytes_before_head_ends = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and watch over what it cannot finish."""
        if self._in_head:
            self._bytes_before_head_ends += len(data)
            data = _without_upgrade(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._bytes_before_head_ends > MAX_HEAD_BYTES:
            self._refuse(HeadersTooLarge())
        elif self._dawdling is None and (self.cycle is None or self.cycle.response_complete):
            self._expect_end()

    def on_message_begin(self) -> None:
        """Count the bytes of a new head."""
        super().on_message_begin()
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Count the target."""
        super().on_url(url)
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count the header."""
        super().on_header(name, value)
        self._head_bytes += len(name) + len(value) + len(b": \r\n")

    def on_headers_complete(self) -> None:
        """Start the request, unless its head is too large.

        Raises:
            HeadersTooLarge: For the parser, which then calls `send_400_response`.
        """
        self._in_head = False
        self._bytes_before_head_ends = 0
        if self._head_bytes > MAX_HEAD_BYTES:
            raise HeadersTooLarge
        self._wait_no_longer()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Take what comes next for a head."""
        super().on_message_complete()
        self._in_head = True

    def on_response_complete(self) -> None:
        """Let uvicorn's keep-alive time-out take over."""
        self._wait_no_longer()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the contract has its own words.
        """Refuse what is no HTTP, or has too large a head."""
        too_large = self._head_bytes > MAX_HEAD_BYTES
        self._refuse(HeadersTooLarge() if too_large else MalformedRequest())

    def _refuse(self, refusal: RequestRefused) -> None:
        answer = rendered(refusal)
        phrase = HTTPStatus(answer.status).phrase
        head = (
            f"HTTP/1.1 {answer.status} {phrase}\r\n"
            "content-type: application/json\r\n"
            f"content-length: {len(answer.body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + answer.body)
        self.transport.close()

    def _expect_end(self) -> None:
        self._dawdling = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _wait_no_longer(self) -> None:
        if self._dawdling is not None:
            self._dawdling.cancel()
            self._dawdling = None


def _without_upgrade(data: bytes) -> bytes:
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"", head) + end + rest if b"pgrade" in head else data
