"""uvicorn's server, which ends without leaving a request behind."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import cast

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from tasks_api.observability import defects, lifetime
from tasks_api.server import accept_queue as handshakes
from tasks_api.server import memory
from tasks_api.server.draining_protocol import DrainingProtocol, StoppableState

HANDSHAKE_SECONDS = 0.1
"""For the last packet of a connection that is being established: a way there and back."""

# In seconds after the signal.
STOP_READING = 3.0  # What takes longer to arrive than this will not; and answering takes time, too.
STOP_ANSWERING = 8.0
STOP_SENDING = 9.0
END = 9.6

_TICK = 0.02


class GracefulServer(uvicorn.Server):
    """Stops in steps, of which each gives up what the one before could not finish.

    SIGTERM and SIGINT begin it. Another SIGINT takes the steps without a wait between them.
    """

    server_state: StoppableState

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        when_ready: Callable[[], None],
        when_stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self.server_state = StoppableState()
        self._when_ready = when_ready
        self._when_stopping = when_stopping
        self._signalled = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do as uvicorn does, but raise no signal again: a clean stop is no failure."""
        loop = asyncio.get_running_loop()

        def stop(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)
            loop.call_soon_threadsafe(self._signalled.set)

        for number in HANDLED_SIGNALS:
            signal.signal(number, stop)
        yield
        # What is left to do is to clean up. Another Ctrl-C must not leave it half done.
        for number in HANDLED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so.

        uvloop gets copies of the sockets. The originals keep the queue of established connections
        when it lets go of it, and no descriptor has to be found for them then.
        """
        self._copies = [listener.dup() for listener in sockets or []]
        await super().startup(self._copies)
        if self.started:
            memory.spare_what_stays()
            lifetime.say_started(self._copies[0])
            self._when_ready()

    async def main_loop(self) -> None:
        """Return with the signal, and not up to a tick later."""
        ticking = asyncio.create_task(super().main_loop())
        await self._signalled.wait()
        ticking.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer or refuse every request, and close the application."""
        lifetime.say_stopping()
        self._when_stopping()
        self._stop_at = asyncio.get_running_loop().time()
        self.server_state.stopping = True
        self._each(DrainingProtocol.shutdown)
        try:
            await self._stop_listening(sockets or [])
        except Exception as error:  # noqa: BLE001 - nor may it keep the others from their answers.
            defects.report(error)
        await self._until(STOP_READING)
        self._each(DrainingProtocol.stop_reading)
        await self._until(STOP_ANSWERING)
        self._each(DrainingProtocol.stop_answering)
        await self._until(STOP_SENDING)
        self._each(lambda connection: connection.transport.abort())
        await self.lifespan.shutdown()
        lifetime.say_stopped(asyncio.get_running_loop().time() - self._stop_at)

    def _each(self, step: Callable[[DrainingProtocol], None]) -> None:
        for connection in list(self.server_state.connections):
            try:
                step(cast("DrainingProtocol", connection))
            except Exception as error:  # noqa: BLE001 - it must not keep the others from theirs.
                defects.report(error)

    async def _until(self, seconds: float) -> None:
        """Wait until nothing is left to do, or until so many seconds after the signal."""
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(_TICK)
            if self._is_past(seconds):
                return

    def _is_past(self, seconds: float) -> bool:
        return self.force_exit or asyncio.get_running_loop().time() >= self._stop_at + seconds

    def _reads_no_more(self) -> bool:
        return self._is_past(STOP_READING)

    async def _stop_listening(self, listeners: list[socket.socket]) -> None:
        for listener in listeners:
            handshakes.begin_no_more(listener)
        for server in self.servers:
            server.close()
        for copy in self._copies:
            copy.close()
        await asyncio.sleep(HANDSHAKE_SECONDS)
        for listener in listeners:
            with listener:
                async for connection in handshakes.waiting(listener, self._reads_no_more):
                    await self._take(connection)

    async def _take(self, connection: socket.socket) -> None:
        # What has died meanwhile must not keep the others from their answers.
        with suppress(OSError, RuntimeError):
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: DrainingProtocol(self.config, self.server_state, self.lifespan.state),
                connection,
            )
