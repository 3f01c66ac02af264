"""Answers in the order of the requests, refusals included, and none that waits for ever."""

import asyncio
from collections import deque
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from boundary.errors import MalformedRequest, RequestRefused
from tasks_api.server.deadline import Deadline
from tasks_api.server.observed_protocol import ObservedProtocol
from tasks_api.server.transport import LingeringTransport

REQUEST_SECONDS = 10.0
READ_SECONDS = 30.0


class OrderedProtocol(ObservedProtocol):
    """uvicorn's protocol, which knows what it has not answered yet.

    A request that is not being answered must be complete within `REQUEST_SECONDS`, counted from
    its first byte; the first one, from the connection. What the kernel does not take of an answer
    at once it must have taken within `READ_SECONDS`, because the client reads. What cannot be read
    here is refused in the contract's shape, in its turn.
    """

    _refusal: RequestRefused | None = None
    _refused: RequestResponseCycle | None = None
    _begun = False
    _in_head = True

    @property
    def unanswered(self) -> int:
        """How many requests have come whose answers are not complete."""
        return len(self._unanswered)

    # asyncio's signature is wider; uvicorn narrows it in the same way.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(LingeringTransport(transport, self.loop))
        transport.set_write_buffer_limits(high=0)  # Whatever is not sent calls `pause_writing`.
        self._unanswered: deque[RequestResponseCycle] = deque()
        # Abort, not close: to close would wait for a client that does not read either.
        self._end = Deadline(self.loop, REQUEST_SECONDS, transport.abort)
        self._reading = Deadline(self.loop, READ_SECONDS, transport.abort)
        self._end.start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer, and tell every request that is not answered yet."""
        self._end.stop()
        self._reading.stop()
        self._disconnect_all()
        super().connection_lost(exc)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer what the client has asked before it ended its side: TCP lets it read on.

        One that is gone altogether is noticed when the kernel has tried to send it the answer.
        """
        self.transport.is_ended_by_peer = True
        only_half = self._begun and not self._in_head and len(self._unanswered) == 1
        if self.transport.is_closing() or not self._unanswered or only_half:
            return False
        if self._refusal is None and self._begun:
            self._refuse_in_turn(MalformedRequest())
        elif self._refusal is None:
            self.cycle.keep_alive = False
        return True

    def _disconnect_all(self) -> None:
        self.pipeline.clear()
        for cycle in self._unanswered:
            _disconnect(cycle)

    def on_response_complete(self) -> None:
        """Let uvicorn's keep-alive time-out take over, unless a request is still to be read."""
        self._complete(self._unanswered.popleft())
        super().on_response_complete()
        if self.transport.is_closing() or self._unanswered:
            return
        if self._refusal is not None:
            self._refuse(self._refusal, self._refused)
        elif self._begun:
            self._unset_keepalive_if_required()
            self._end.start()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        task = self.loop.create_task(self._answer(cycle, app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _answer(self, cycle: RequestResponseCycle, app: Any) -> None:
        # Not by the cycle's `run_asgi`: what the application fails to answer, that answers in
        # plain text. What the application raises here has mostly been answered already.
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

    def pause_writing(self) -> None:
        """Begin to wait for the client to read: something could not be sent at once."""
        super().pause_writing()
        self._reading.start()

    def resume_writing(self) -> None:
        """Wait no longer: all is sent, as far as the kernel is concerned."""
        super().resume_writing()
        self._reading.stop()

    def _refuse_in_turn(self, refusal: RequestRefused) -> None:
        """Refuse what cannot be read when every request before it has been answered."""
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
            self._refusal, self._refused = refusal, refused
            self.flow.pause_reading()
        else:
            self._refuse(refusal, refused)

    def _refuse(self, reason: Exception, cycle: RequestResponseCycle | None) -> None:
        self.transport.write(self._refusal_of(cycle, reason))
        self.transport.close()
        self._end.start()


def _disconnect(cycle: RequestResponseCycle) -> None:
    cycle.disconnected = True
    cycle.message_event.set()
