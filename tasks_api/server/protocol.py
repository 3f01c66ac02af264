"""The HTTP protocol of one connection: bounded, answered in order, observed, stopped gracefully.

uvicorn's `HttpToolsProtocol` parses and calls the application. It bounds neither the size nor the
time of a head, and answers what it cannot read in plain text and out of order
(docs/decisions/0012-a-bounded-http-protocol.md).
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from ipaddress import AddressValueError, IPv6Address
from typing import Any

import httptools
from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.httptools_impl import (
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from boundary.contract import IS_CONNECTED
from boundary.errors import (
    HeadersTooLarge,
    MalformedRequest,
    Overloaded,
    RequestRefused,
    ServiceStopping,
)
from handlers.problems import rendered
from tasks_api.observability import faults
from tasks_api.observability.exchange import EXCHANGE, OBSERVER, Exchange, Observer
from tasks_api.server.accept_queue import Descriptors
from tasks_api.server.places import Places
from tasks_api.server.responses import Headers, common_headers, refusal
from tasks_api.server.transport import LingeringTransport, Timer
from tasks_api.settings import MAX_CONNECTIONS

MAX_HEAD_BYTES = 16 * 1024
"""The limit of the request line and the headers together, and of the framing of a body."""

REQUEST_SECONDS = 10.0
"""From the first byte of a request, or the start of the connection, to the end of the head."""

READ_SECONDS = 30.0
"""For the client to read what the kernel did not accept at once."""

STALL_SECONDS = 5.0
"""A client that acknowledges no byte of it for so long is given up before."""

TURN_SECONDS = 0.002
"""How long all connections together go on with what they have read, in one turn of the event loop:
a single read can bring 1,000 requests. The first piece of a read is parsed in any case."""

MAX_PIPELINED = 4
"""Requests of one connection that wait for their answers. Those beyond are read later."""

STARTED_PER_TURN = 8
"""Requests that begin in one turn of the event loop, of all connections together. With 900 at once,
a turn took half a second, and every request takes several."""

_HEAD_PIECE, _BODY_PIECE = 256, 8192
"""How many bytes are parsed before the time is looked at."""

_END_OF_HEAD = b"\r\n\r\n"
_WHOLE_HEAD = 2048
"""A head that has arrived whole and is no larger is parsed at once."""

MAX_TURNED_AWAY = 50
"""Connections beyond the limit that are told so at a time. Those beyond are closed in silence."""

LAST_REQUEST_SECONDS = 1
"""At a stop, an idle connection waits this long for a request that is already on its way."""

_ONE_TURN_SECONDS = 0.005
"""Enough for the event loop to read what has arrived before a timer fires."""

# RFC 9110, section 7.2, and RFC 3986, section 3.2.2; the empty host is one of no http URI.
_HOST = re.compile(
    rb"(\[(?P<literal>[0-9a-f:.]+)\]|([a-z0-9._~!$&'()*+,;=-]|%[0-9a-f]{2})+)"
    rb"(:(?P<port>[0-9]{0,5}))?",
    re.IGNORECASE,
)
_MAX_PORT = 65535

_WITHOUT_BODY = frozenset({204, 304})

_UPGRADE = re.compile(rb"\r\nupgrade:[^\r\n]*", re.IGNORECASE)


class StoppableState(ServerState):
    """What all connections share: uvicorn's state, and whether the service is stopping."""

    stopping = False
    turn_ends_at = 0.0
    """When no more is parsed in this turn of the event loop."""

    def __init__(self, max_connections: int = MAX_CONNECTIONS) -> None:
        super().__init__()
        self.descriptors = Descriptors()
        self.places = Places(max_connections)
        self._is_in_turn = False
        self._started = 0
        """How many requests have begun in this turn."""
        self._to_start: deque[Callable[[], bool]] = deque()
        self._to_start_later: deque[Callable[[], bool]] = deque()
        """Requests that arrived before the one before them was answered. The others go first."""
        self._to_parse: deque[Callable[[], None]] = deque()

    def enter_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Note that there is work in this turn, of which there is only so much."""
        # The clock of the event loop does not tell turns apart: uvloop sets it with every timer.
        if not self._is_in_turn:
            self._is_in_turn, self._started = True, 0
            self.turn_ends_at = time.monotonic() + TURN_SECONDS
            loop.call_soon(self._next_turn, loop)

    def start(
        self,
        loop: asyncio.AbstractEventLoop,
        action: Callable[[], bool],
        *,
        is_pipelined: bool,
    ) -> None:
        """Begin a request by `action`, now or in its turn. It returns whether there was work."""
        self.enter_turn(loop)
        (self._to_start_later if is_pipelined else self._to_start).append(action)
        self._start_some()

    def _start_some(self) -> None:
        while self._started < STARTED_PER_TURN and (
            waiting := self._to_start or self._to_start_later
        ):
            self._started += waiting.popleft()()

    def parse_later(self, loop: asyncio.AbstractEventLoop, action: Callable[[], None]) -> None:
        """Go on with what a connection has read, in its turn."""
        self.enter_turn(loop)
        self._to_parse.append(action)

    def _next_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_in_turn = False
        if self._to_start or self._to_start_later or self._to_parse:
            self.enter_turn(loop)
        self._start_some()
        while self._to_parse and time.monotonic() < self.turn_ends_at:
            self._to_parse.popleft()()


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, with bounds on size and time, and refusals in the contract's shape."""

    scope: Any  # uvicorn's own type knows no extension but its own.
    transport: LingeringTransport
    server_state: StoppableState

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._observer: Observer = self.app_state.get(OBSERVER, Observer())

        self._unread = b""
        """What was received and has not been parsed yet. No more is received meanwhile."""
        self._end_is_unread = False
        """Whether the client has closed its side behind that."""

        # The head that is being read.
        self._in_head = True
        """Whether the next bytes belong to a head, and not to a body."""
        self._has_begun = False
        """Whether the first byte of the request that is being read has arrived."""
        self._head_bytes = 0
        self._bytes_without_progress = 0
        """Bytes in which the parser found neither a header nor a piece of a body."""

        # For reading a head with an offer to upgrade again.
        self._received = b""
        self._head_is_whole = False
        """Whether `_received` begins where the head begins."""
        self._offers_upgrade = False

        # The answers that are due.
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._refusal: RequestRefused | None = None
        """What to answer last, after every request before it."""
        self._refused: RequestResponseCycle | None = None
        """The request that `_refusal` refuses; None if its head could not be read."""

    # Connection

    # asyncio's signature is wider; uvicorn narrows it in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the time-out of the first head, or the stop if the service is stopping already.

        uvloop calls this some time after it has accepted the connection.
        """
        super().connection_made(LingeringTransport(transport, self.loop))
        self.server_state.descriptors.look()
        transport.set_write_buffer_limits(high=0)  # Whatever is not sent calls `pause_writing`.
        # Abort, not close: to close would wait for a client that does not read either.
        self._request_timer = Timer(self.loop, REQUEST_SECONDS, transport.abort)
        self._read_timer = Timer(self.loop, READ_SECONDS, transport.abort)
        self._stall_timer = Timer(self.loop, STALL_SECONDS, self._give_up_if_stalled)
        self._unacknowledged = 0
        self._request_timer.start()
        if not self.server_state.places.take(self):
            self._turn_away()
        elif self.server_state.stopping:
            self.shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timers, and tell every request that has no answer yet."""
        self._request_timer.stop()
        self._read_timer.stop()
        self._stall_timer.stop()
        self.server_state.places.give_back(self)
        self._disconnect_all()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer what the client asked before it closed its side: TCP lets it read on.

        A client that is gone altogether is noticed when the kernel has tried to send the answer.
        """
        self.transport.is_ended_by_peer = True
        self._end_is_unread = bool(self._unread)
        if self._end_is_unread:
            return True
        only_half = self._has_begun and not self._in_head and len(self._unanswered) == 1
        if self.transport.is_closing() or not self._unanswered or only_half:
            return False
        if self._refusal is None and self._has_begun:
            self._refuse_in_turn(MalformedRequest())
        elif self._refusal is None:
            self.cycle.keep_alive = False
        return True

    def pause_writing(self) -> None:
        """Start the time-out of a slow reader: something could not be sent at once."""
        super().pause_writing()
        self._read_timer.start()
        self._unacknowledged = self.transport.unacknowledged()
        self._stall_timer.start()

    def resume_writing(self) -> None:
        """Stop that time-out: the kernel has accepted everything."""
        super().resume_writing()
        self._read_timer.stop()
        self._stall_timer.stop()

    def _give_up_if_stalled(self) -> None:
        before, self._unacknowledged = self._unacknowledged, self.transport.unacknowledged()
        if self._unacknowledged < before:
            self._stall_timer.start()
        else:
            self.transport.abort()

    def _disconnect_all(self) -> None:
        if self.pipeline:
            _exchange_of(self._unanswered[0]).dropped = len(self.pipeline)
        for cycle, _ in self.pipeline:
            _exchange_of(cycle).is_dropped = True
            self._end(_exchange_of(cycle), is_cut_off=True)
        self.pipeline.clear()
        if self._refused is not None:
            self._end(_exchange_of(self._refused), is_cut_off=True)
        for cycle in self._unanswered:
            _disconnect(cycle)

    # Reading

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, as far as one turn of the event loop allows."""
        if self._reads_no_more():
            return
        if self._unread:  # It arrived before reading was postponed.
            self._unread += data
        else:
            self._unread = data
            self._parse(is_new=True)

    def _parse(self, *, is_new: bool = False) -> None:
        data, at = self._unread, 0
        while at < len(data) and not self._reads_no_more() and self._may_parse(is_first=is_new):
            is_new = False
            end = self._end_of_piece(data, at)
            self._parse_piece(data[at:end])
            at = end
        self._unread = b"" if self._reads_no_more() else data[at:]
        if self._unread:
            self.transport.postpone_reading()
            if len(self._unanswered) < MAX_PIPELINED:
                self.server_state.parse_later(self.loop, self._parse)
        else:
            self.transport.continue_reading()
            if self._end_is_unread and not self.eof_received():
                self.transport.close()

    def _end_of_piece(self, data: bytes, at: int) -> int:
        if not self._in_head:
            return at + _BODY_PIECE
        end = data.find(_END_OF_HEAD, at, at + _WHOLE_HEAD)
        return at + _HEAD_PIECE if end < 0 else end + len(_END_OF_HEAD)

    def _may_parse(self, *, is_first: bool) -> bool:
        if len(self._unanswered) >= MAX_PIPELINED:
            return False
        self.server_state.enter_turn(self.loop)
        return is_first or time.monotonic() < self.server_state.turn_ends_at

    def _reads_no_more(self) -> bool:
        return self._refusal is not None or self.transport.is_closing()

    def _parse_piece(self, data: bytes) -> None:
        """Feed the parser, and bound what it cannot finish."""
        self._unset_keepalive_if_required()
        if self._in_head and not self._has_begun:
            self._received = b""
            self._head_is_whole = True
        if self._in_head:
            self._received += data
        self._bytes_without_progress += len(data)
        self._feed(data)
        if self._reads_no_more():
            return
        if self._bytes_without_progress > MAX_HEAD_BYTES:
            self._refuse_in_turn(HeadersTooLarge())
        elif not self._unanswered and not self._request_timer.is_running:
            self._request_timer.start()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if self._offers_upgrade and self._head_is_whole:
                self._read_again_without_upgrade()
            else:
                too_large = self._head_bytes > MAX_HEAD_BYTES
                self._refuse_in_turn(HeadersTooLarge() if too_large else MalformedRequest())

    def _read_again_without_upgrade(self) -> None:
        # The parser takes what follows an upgrade for another protocol, and would lose the body of
        # a request that only offers one, as some clients do with every request. Nothing is upgraded
        # here, and RFC 9110, section 7.8, lets a server ignore the offer. Only if the head began
        # behind another request, in one piece with it, is the offer refused.
        head, end, rest = self._received.lstrip(b"\r\n").partition(b"\r\n\r\n")
        self._offers_upgrade = self._head_is_whole = False
        self.parser = httptools.HttpRequestParser(self)
        self._feed(_UPGRADE.sub(b"", head) + end + rest)

    def on_message_begin(self) -> None:
        """Count the bytes of a new head."""
        super().on_message_begin()
        self._has_begun = True
        self._head_bytes = 0

    def on_url(self, url: bytes) -> None:
        """Count the target."""
        super().on_url(url)
        self._head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep and count a header; count and drop a trailer (RFC 9110, section 6.5.1).

        Raises:
            HeadersTooLarge: For the parser, which then fails, and `_feed` answers.
        """
        self._bytes_without_progress = 0
        self._head_bytes += len(name) + len(value) + len(b": \r\n")
        if self._head_bytes > MAX_HEAD_BYTES:
            raise HeadersTooLarge
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Call the application, or queue the request behind the one before it.

        Raises:
            MalformedRequest: For the parser, which then fails, and `_feed` answers: the request
                offers an upgrade, its framing is not what its version has, or it does not name one
                valid host.
        """
        self._offers_upgrade = self.parser.should_upgrade()
        if self._offers_upgrade or not (self._has_valid_coding() and self._has_valid_host()):
            raise MalformedRequest
        super().on_headers_complete()
        self._unanswered.append(self.cycle)
        self._in_head = self._head_is_whole = False
        self._head_bytes = self._bytes_without_progress = 0
        self._received = b""
        self._request_timer.stop()
        self._begin(Exchange(self.scope))

    def _has_valid_coding(self) -> bool:
        # HTTP/1.0 has no transfer codings: who forwards it may frame it otherwise (RFC 9112, 6.1).
        known = [] if self._is_http_1_0() else [b"chunked"]
        return all(coding.lower() in known for coding in self._values(b"transfer-encoding"))

    def _has_valid_host(self) -> bool:
        # RFC 9112, section 3.2. Two proxies on the way could otherwise mean two hosts.
        hosts = self._values(b"host")
        if not hosts:
            return self._is_http_1_0()
        return len(hosts) == 1 and _is_host(hosts[0].strip(b" \t"))

    def _is_http_1_0(self) -> bool:
        return self.parser.get_http_version() == "1.0"

    def _values(self, name: bytes) -> list[bytes]:
        return [value for each, value in self.headers if each == name]

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._bytes_without_progress = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect a head next."""
        super().on_message_complete()
        self._in_head = True
        self._has_begun = False
        self._bytes_without_progress = 0

    # Answering

    def _begin(self, exchange: Exchange) -> None:
        # The application has not run yet, so nothing else is in the extensions.
        is_connected = partial(self._is_connected, self.cycle)
        self.scope["extensions"] = {EXCHANGE: exchange, IS_CONNECTED: is_connected}
        headers = common_headers(exchange.request_id, self.scope["raw_path"])
        self.cycle.default_headers = [*self.cycle.default_headers, *headers]
        self._observer.began(exchange)

    def _is_connected(self, cycle: RequestResponseCycle) -> bool:
        # Few clients that have closed their side still read. They get a 503 if they had to wait.
        return not (cycle.disconnected or self.transport.is_ended_by_peer)

    def _end(self, exchange: Exchange, *, is_cut_off: bool = False) -> None:
        if not exchange.is_over:
            exchange.is_over, exchange.is_cut_off = True, is_cut_off
            self._observer.ended(exchange)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        action = partial(self._start, cycle, app)
        self.server_state.start(self.loop, action, is_pipelined=bool(self._unanswered))

    def _start(self, cycle: RequestResponseCycle, app: Any) -> bool:
        if cycle.disconnected:  # While it waited for its turn.
            self._end(_exchange_of(cycle), is_cut_off=True)
            return False
        task = self.loop.create_task(self._answer(cycle, app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        return True

    async def _answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        # Not the cycle's `run_asgi`: that answers in plain text if the application does not. What
        # the application raises here has usually been answered already.
        failure: Exception = RuntimeError("The application gave no answer")
        try:
            await app(cycle.scope, cycle.receive, partial(self._send, cycle))
        except Exception as error:  # noqa: BLE001 - it is reported where it is answered.
            failure = error
        finally:
            cycle.on_response = lambda: None
        if cycle.response_complete:
            return
        if not (cycle.disconnected or cycle.response_started):
            self._refuse(failure, cycle)
        else:
            self._cut_off(cycle)

    async def _send(self, cycle: RequestResponseCycle, message: Any) -> None:
        exchange = _exchange_of(cycle)
        if message["type"] == "http.response.start":
            if self.server_state.stopping and not self._has_more_to_answer():
                cycle.keep_alive = False
            exchange.status = message["status"]
            exchange.head = message  # It waits for the first piece of the body.
            return
        head, exchange.head = exchange.head, None
        if cycle.scope["method"] != "HEAD":
            exchange.size += len(message.get("body", b""))
        if head is not None and self._is_whole(cycle, head, message):
            self._write_whole(cycle, head, message.get("body", b""))
        else:
            if head is not None:
                self.transport.hold()
                await cycle.send(head)
            await cycle.send(message)
            self.transport.release()
        if cycle.flow.write_paused:
            await cycle.flow.drain()  # So the application knows what is not sent yet.

    def _is_whole(self, cycle: RequestResponseCycle, head: Any, message: Any) -> bool:
        """Return whether this is an ordinary answer, complete, and can be sent now."""
        if cycle.disconnected or cycle.flow.write_paused or message.get("more_body", False):
            return False
        size = len(message.get("body", b""))
        length = 0 if head["status"] in _WITHOUT_BODY else None
        for name, value in head.get("headers", ()):
            if name == b"connection":
                return False
            if name == b"content-length":
                length = int(value)
        return size == length and cycle.scope["method"] != "HEAD"

    def _write_whole(self, cycle: RequestResponseCycle, head: Any, body: bytes) -> None:
        # As the cycle's `send` does it in two steps. That looks at each header by itself, and takes
        # a tenth of the time of a short request.
        headers = [*cycle.default_headers, *head.get("headers", ())]
        if not cycle.keep_alive:
            headers.append(CLOSE_HEADER)
        fields = b"\r\n".join([b"%b: %b" % header for header in headers])
        is_split = fields.count(b"\r\n") != len(headers) - 1
        if is_split or HEADER_VALUE_RE.search(fields.replace(b"\r\n", b"")):
            message = "A header of an answer has a control character"
            raise RuntimeError(message)
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        self.transport.writelines([STATUS_LINE[head["status"]], fields, b"\r\n\r\n", body])
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    def on_response_complete(self) -> None:
        """Let uvicorn's keep-alive time-out take over, unless a request is still being read."""
        self._end(_exchange_of(self._unanswered.popleft()))
        super().on_response_complete()
        if len(self._unanswered) == MAX_PIPELINED - 1 and self._unread:
            self.server_state.parse_later(self.loop, self._parse)
        if self.transport.is_closing() or self._unanswered:
            return
        if self._refusal is not None:
            self._refuse(self._refusal, self._refused)
        elif self._has_begun:
            self._unset_keepalive_if_required()
            self._request_timer.start()

    def _cut_off(self, cycle: RequestResponseCycle) -> None:
        """End a connection on which only a part of an answer was sent."""
        self._end(_exchange_of(cycle), is_cut_off=True)
        if not cycle.disconnected:
            self.transport.abort()

    # Refusing

    def _refuse_in_turn(self, reason: RequestRefused) -> None:
        """Refuse what cannot be read, after every request before it has been answered."""
        refused = None if self._in_head else self.cycle
        if refused is not None and refused not in self._unanswered:
            self.transport.close()  # It has had its answer.
            return
        if refused is not None:
            self._unanswered.pop()
            _disconnect(refused)
            if self._unanswered:
                self.pipeline.popleft()  # It is the newest; uvicorn takes from the other end.
            elif refused.response_started:
                self.transport.abort()
                return
        if self._unanswered:
            self._refusal, self._refused = reason, refused
            self.flow.pause_reading()
        else:
            self._refuse(reason, refused)

    def _refuse(self, reason: Exception, cycle: RequestResponseCycle | None) -> None:
        """Answer what the application cannot answer, and close the connection."""
        if cycle is None:
            exchange = Exchange()
            self._observer.began(exchange)
        else:
            exchange = _exchange_of(cycle)
        if not isinstance(reason, RequestRefused):
            faults.report_unhandled(reason, request_id=exchange.request_id)
        answer = rendered(reason, request_id=exchange.request_id.decode())
        has_body = exchange.method != "HEAD"
        exchange.status, exchange.size = answer.status, len(answer.body) if has_body else 0
        self._end(exchange)
        self.transport.write(refusal(answer, self._headers(exchange), has_body=has_body))
        self.transport.close()
        self._request_timer.start()

    def _turn_away(self) -> None:
        """Refuse a connection that there is no place for, whatever it asks."""
        if len(self.connections) > self.server_state.places.limit + MAX_TURNED_AWAY:
            self.transport.abort()
            return
        exchange = Exchange()
        answer = rendered(Overloaded(), request_id=exchange.request_id.decode())
        self.transport.write(refusal(answer, self._headers(exchange), has_body=True))
        self.transport.close()

    def _headers(self, exchange: Exchange) -> Headers:
        # The first are those of uvicorn: `Date`.
        return [*self.server_state.default_headers, *common_headers(exchange.request_id)]

    @property
    def address(self) -> str:
        """The address of the client, or of the proxy in front of it."""
        return self.client[0] if self.client else ""

    @property
    def is_idle(self) -> bool:
        """Whether no request has been received that is not answered yet."""
        return not (self._unanswered or self._unread or self.transport.is_closing())

    def close(self) -> None:
        """Close the connection, which is idle, for another one."""
        self.transport.close_at_once()

    # Stopping

    def shutdown(self) -> None:
        """Close once every request is answered; if idle, in `LAST_REQUEST_SECONDS`."""
        self.timeout_keep_alive = LAST_REQUEST_SECONDS
        if not self._unanswered and not self._has_begun:
            self._unless_a_request_comes(LAST_REQUEST_SECONDS, self.timeout_keep_alive_handler)

    def stop_reading(self) -> None:
        """Refuse, in its turn, a request that has not been received completely."""
        if self.transport.is_closing() or self._refusal is not None:
            return
        if self._has_begun:
            self._refuse_in_turn(ServiceStopping())
        elif not self._unanswered:
            self.transport.close_at_once()

    def stop_answering(self) -> None:
        """Refuse the request that is not answered yet, or cut off an answer that has begun."""
        if self.transport.is_closing():
            return
        has_begun = any(cycle.response_started for cycle in self._unanswered)
        is_waiting = bool(self._unanswered) and not has_begun
        self._disconnect_all()
        if is_waiting:
            self._refuse(ServiceStopping(), self._unanswered[0])
        else:
            self.transport.abort()

    def timeout_keep_alive_handler(self) -> None:
        """Close, unless a request has arrived that has not been read yet."""
        self._unless_a_request_comes(_ONE_TURN_SECONDS, self.transport.close_at_once)

    def _unless_a_request_comes(self, seconds: float, action: Callable[[], None]) -> None:
        # Between two timers the event loop reads what has arrived, and that stops the second.
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(seconds, action)

    def _has_more_to_answer(self) -> bool:
        next_head_has_begun = self._in_head and self._has_begun
        is_more_due = bool(self.pipeline or self._unread) or self._refusal is not None
        return is_more_due or next_head_has_begun


def _exchange_of(cycle: RequestResponseCycle) -> Exchange:
    scope: Any = cycle.scope
    exchange: Exchange = scope["extensions"][EXCHANGE]
    return exchange


def _is_host(value: bytes) -> bool:
    found = _HOST.fullmatch(value)
    if found is None or int(found["port"] or 0) > _MAX_PORT:
        return False
    try:
        return found["literal"] is None or bool(IPv6Address(found["literal"].decode()))
    except AddressValueError:
        return False


def _disconnect(cycle: RequestResponseCycle) -> None:
    cycle.disconnected = True
    cycle.message_event.set()
