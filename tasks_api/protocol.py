"""uvicorn's HTTP protocol, with the bounds that it lacks and answers in the contract's shape."""

import asyncio
import re
from collections import deque
from http import HTTPStatus

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from boundary.errors import HeadersTooLarge, MalformedRequest, RequestRefused
from handlers.problems import rendered
from tasks_api.deadline import Deadline

MAX_HEAD_BYTES = 16 * 1024
HEAD_SECONDS = 10.0
READ_SECONDS = 30.0

_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class BoundedProtocol(HttpToolsProtocol):
    """Refuses what has no bounds, and closes a connection that dawdles.

    A head has at most `MAX_HEAD_BYTES`, and so have the trailers and the framing of a body. A
    request that is not being answered must be complete within `HEAD_SECONDS`, counted from its
    first byte; the first one, from the connection. An answer must be read within
    `READ_SECONDS`. Answers come in the order of the requests, the refusal of one that cannot be
    read included.
    """

    _refusal: RequestRefused | None = None
    _begun = False
    _in_head = True
    _head_is_whole = False
    _head_bytes = 0
    _bytes_without_progress = 0
    _offers_upgrade = False

    # asyncio's signature is wider; uvicorn narrows it in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._received = bytearray()
        self._unanswered: deque[RequestResponseCycle] = deque()
        # Abort, not close: to close would wait for a client that does not read either.
        self._end = Deadline(self.loop, HEAD_SECONDS, transport.abort)
        self._reading = Deadline(self.loop, READ_SECONDS, transport.abort)
        self._end.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer, and tell every request that is not answered yet."""
        self._end.stop()
        self._reading.stop()
        self.pipeline.clear()
        for cycle in self._unanswered:
            _disconnect(cycle)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and watch over what it cannot finish."""
        if self._refusal is not None:
            return
        self._unset_keepalive_if_required()
        if self._in_head and not self._begun:
            self._received.clear()
            self._head_is_whole = True
        if self._in_head:
            self._received += data
        self._bytes_without_progress += len(data)
        self._feed(data)
        if self.transport.is_closing() or self._refusal is not None:
            return
        if self._bytes_without_progress > MAX_HEAD_BYTES:
            self._refuse_in_turn(HeadersTooLarge())
        elif not self._unanswered and not self._end.is_running:
            self._end.start()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if self._offers_upgrade and self._head_is_whole:
                self._read_again_without_upgrade()
            else:
                too_large = self._head_bytes > MAX_HEAD_BYTES
                self._refuse_in_turn(HeadersTooLarge() if too_large else MalformedRequest())

    def on_message_begin(self) -> None:
        """Count the bytes of a new head."""
        super().on_message_begin()
        self._begun = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Count the target."""
        super().on_url(url)
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; count and forget a trailer (RFC 9110, section 6.5.1).

        Raises:
            HeadersTooLarge: For the parser, which then gives up, as `_feed` sees.
        """
        self._bytes_without_progress = 0
        self._head_bytes += len(name) + len(value) + len(b": \r\n")
        if self._head_bytes > MAX_HEAD_BYTES:
            raise HeadersTooLarge
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Start the request.

        Raises:
            MalformedRequest: For the parser, which then gives up, as `_feed` sees: the request
                offers another protocol, or is coded in another way than in chunks.
        """
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        self._offers_upgrade = self.parser.should_upgrade()
        if self._offers_upgrade or any(coding != b"chunked" for coding in codings):
            raise MalformedRequest
        super().on_headers_complete()
        self._unanswered.append(self.cycle)
        self._in_head = self._head_is_whole = False
        self._head_bytes = self._bytes_without_progress = 0
        self._received.clear()
        self._end.stop()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._bytes_without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take what comes next for a head."""
        super().on_message_complete()
        self._in_head = True
        self._begun = False
        self._bytes_without_progress = 0

    def on_response_complete(self) -> None:
        """Let uvicorn's keep-alive time-out take over, unless a request is still to be read."""
        self._unanswered.popleft()
        super().on_response_complete()
        if self.transport.is_closing() or self._unanswered:
            return
        if self._refusal is not None:
            self._refuse(self._refusal)
        elif self._begun:
            self._end.start()

    def pause_writing(self) -> None:
        """Begin to wait for the client to read."""
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        """Wait no longer."""
        super().resume_writing()
        self._reading.stop()

    def _read_again_without_upgrade(self) -> None:
        # The parser takes what follows an upgrade for another protocol, and would lose the body of
        # a request that only offers one, as some clients do with every request. Nothing here is
        # upgraded, and RFC 9110, section 7.8, lets a server ignore the offer. Only where the head
        # began behind another request, in one piece with it, is the offer refused.
        head, end, rest = bytes(self._received).lstrip(b"\r\n").partition(b"\r\n\r\n")
        self._offers_upgrade = self._head_is_whole = False
        self.parser = httptools.HttpRequestParser(self)
        self._feed(_UPGRADE.sub(b"", head) + end + rest)

    def _refuse_in_turn(self, refusal: RequestRefused) -> None:
        """Refuse what cannot be read when every request before it has been answered."""
        if not self._in_head and self.cycle in self._unanswered:
            self._unanswered.pop()
            _disconnect(self.cycle)
            if self._unanswered:
                self.pipeline.popleft()  # It is the newest; uvicorn takes from the other end.
            elif self.cycle.response_started:
                self.transport.abort()
                return
        elif not self._in_head:
            self.transport.close()  # It has had its answer.
            return
        if self._unanswered:
            self._refusal = refusal
            self.flow.pause_reading()
        else:
            self._refuse(refusal)

    def _refuse(self, refusal: RequestRefused) -> None:
        answer = rendered(refusal)
        head = (
            f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\n"
            "content-type: application/json\r\n"
            f"content-length: {len(answer.body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + answer.body)
        self.transport.close()


def _disconnect(cycle: RequestResponseCycle) -> None:
    cycle.disconnected = True
    cycle.message_event.set()
