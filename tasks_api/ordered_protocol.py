"""Answers in the order of the requests, refusals included, and none that waits for ever."""

import asyncio
from collections import deque
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from boundary.errors import RequestRefused
from handlers.problems import rendered
from tasks_api.deadline import Deadline

REQUEST_SECONDS = 10.0
READ_SECONDS = 30.0


class OrderedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which knows what it has not answered yet.

    A request that is not being answered must be complete within `REQUEST_SECONDS`, counted from
    its first byte; the first one, from the connection. An answer must be read within
    `READ_SECONDS`. What cannot be read is refused in the contract's shape, in its turn.
    """

    _refusal: RequestRefused | None = None
    _begun = False
    _in_head = True

    # asyncio's signature is wider; uvicorn narrows it in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._unanswered: deque[RequestResponseCycle] = deque()
        # Abort, not close: to close would wait for a client that does not read either.
        self._end = Deadline(self.loop, REQUEST_SECONDS, transport.abort)
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
        self._end.start()


def _disconnect(cycle: RequestResponseCycle) -> None:
    cycle.disconnected = True
    cycle.message_event.set()
