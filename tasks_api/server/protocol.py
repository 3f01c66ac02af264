"""The HTTP protocol of this service: what uvicorn would read without bounds is bounded."""

import re

import httptools

from boundary.errors import HeadersTooLarge, MalformedRequest
from tasks_api.server.ordered_protocol import OrderedProtocol

MAX_HEAD_BYTES = 16 * 1024

_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class BoundedProtocol(OrderedProtocol):
    """Refuses a head of more than `MAX_HEAD_BYTES`, and as much of trailers and framing."""

    _head_is_whole = False
    _head_bytes = 0
    _bytes_without_progress = 0
    _offers_upgrade = False
    _received = b""

    def data_received(self, data: bytes) -> None:
        """Feed the parser, and watch over what it cannot finish."""
        if self._refusal is not None or self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        if self._in_head and not self._begun:
            self._received = b""
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
        self._received = b""
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

    def _read_again_without_upgrade(self) -> None:
        # The parser takes what follows an upgrade for another protocol, and would lose the body of
        # a request that only offers one, as some clients do with every request. Nothing here is
        # upgraded, and RFC 9110, section 7.8, lets a server ignore the offer. Only where the head
        # began behind another request, in one piece with it, is the offer refused.
        head, end, rest = self._received.lstrip(b"\r\n").partition(b"\r\n\r\n")
        self._offers_upgrade = self._head_is_whole = False
        self.parser = httptools.HttpRequestParser(self)
        self._feed(_UPGRADE.sub(b"", head) + end + rest)
