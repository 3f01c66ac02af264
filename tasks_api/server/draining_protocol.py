"""The HTTP protocol while the service stops: nothing that was asked is left without an answer."""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from uvicorn.server import ServerState

from boundary.errors import ServiceStopping
from tasks_api.server.protocol import BoundedProtocol

LAST_REQUEST_SECONDS = 1
"""How long an idle connection waits for a request that the client may have sent already."""

_A_MOMENT = 0.005


class StoppableState(ServerState):
    """What all connections share: uvicorn's state, and whether the service stops."""

    stopping = False


class DrainingProtocol(BoundedProtocol):
    """Asks the client to move on with the last answer, and refuses what cannot be finished."""

    server_state: StoppableState

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; and at once to end, where the service stops already.

        uvloop calls this some time after it has accepted the connection.
        """
        super().connection_made(transport)
        if self.server_state.stopping:
            self.shutdown()

    def shutdown(self) -> None:
        """Close when all that was asked is answered; when idle, in `LAST_REQUEST_SECONDS`."""
        self.timeout_keep_alive = LAST_REQUEST_SECONDS
        if not self._unanswered and not self._begun:
            self._unless_a_request_comes(LAST_REQUEST_SECONDS, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close, unless a request has arrived that is only to be read yet."""
        self._unless_a_request_comes(_A_MOMENT, self.transport.close_at_once)

    def _unless_a_request_comes(self, seconds: float, action: Callable[[], None]) -> None:
        # Between two timers the event loop reads what has arrived, and that stops the second.
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(seconds, action)

    async def _send(self, cycle: RequestResponseCycle, message: Any) -> None:
        if (
            self.server_state.stopping
            and not cycle.response_started
            and not self._has_more_to_answer()
        ):
            cycle.keep_alive = False
        await super()._send(cycle, message)

    def _has_more_to_answer(self) -> bool:
        next_head_has_begun = self._in_head and self._begun
        return bool(self.pipeline) or next_head_has_begun or self._refusal is not None

    def stop_reading(self) -> None:
        """Refuse, in its turn, the request that is not complete by now."""
        if self.transport.is_closing() or self._refusal is not None:
            return
        if self._begun:
            self._refuse_in_turn(ServiceStopping())
        elif not self._unanswered:
            self.transport.close_at_once()

    def stop_answering(self) -> None:
        """Refuse the request that is not answered by now, or cut off an answer that has begun."""
        if self.transport.is_closing():
            return
        begun = any(cycle.response_started for cycle in self._unanswered)
        waits = bool(self._unanswered) and not begun
        self._disconnect_all()
        if waits:
            self._refuse(ServiceStopping(), self._unanswered[0])
        else:
            self.transport.abort()
