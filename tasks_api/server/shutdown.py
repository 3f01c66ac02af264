"""The server and its graceful stop: every request that was received gets an answer."""

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import cast

import structlog
import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from tasks_api.observability import faults
from tasks_api.observability.events import Event
from tasks_api.server import accept_queue
from tasks_api.server.protocol import Protocol, StoppableState
from tasks_api.settings import MAX_CONNECTIONS

# The steps of a stop, in seconds after the signal.
STOP_READING = 3.0  # What takes longer to arrive has no time left to be answered.
STOP_ANSWERING = 8.0
STOP_SENDING = 9.0
EXIT = 9.6

HANDSHAKE_SECONDS = 0.1
"""For the last packet of a handshake, before the accept queue is drained."""

_TICK_SECONDS = 0.02

_GC_THRESHOLDS = (2_000, 5, 2)
"""New objects before the garbage collector runs (700, its default, is a handful of requests), and
how often it does before it looks at older ones too. Its default is ten times each, which lets
100,000 objects in cycles gather: 20 MiB, and a longer pause."""


class GracefulServer(uvicorn.Server):
    """uvicorn's server, which stops in steps; each gives up what the step before did not finish.

    SIGTERM and SIGINT start the stop. A second SIGINT takes the remaining steps without waiting.
    `on_started` and `on_stopping` are called once each.
    """

    server_state: StoppableState

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        on_started: Callable[[], None],
        on_stopping: Callable[[], None],
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        super().__init__(config)
        self.server_state = StoppableState(max_connections)
        self._on_started = on_started
        self._on_stopping = on_stopping
        self._signalled = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture signals as uvicorn does, but do not raise them again: a stop is no failure."""
        loop = asyncio.get_running_loop()

        def stop(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)
            loop.call_soon_threadsafe(self._signalled.set)

        for number in HANDLED_SIGNALS:
            signal.signal(number, stop)
        try:
            yield
        finally:
            # Only cleaning up is left. Another Ctrl-C must not leave it half done.
            for number in HANDLED_SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen.

        uvloop gets copies of the sockets. The originals keep the accept queue when it closes the
        copies, and no file descriptor is needed for that.
        """
        self._copies = [listener.dup() for listener in sockets or []]
        await super().startup(self._copies)
        if self.started:
            _freeze_garbage_collector()
            self._on_started()

    async def main_loop(self) -> None:
        """Return at the signal, and not up to a tick later."""
        ticking = asyncio.create_task(super().main_loop())
        await self._signalled.wait()
        ticking.cancel()

    async def on_tick(self, counter: int) -> bool:
        """Look whether file descriptors are left, also while nobody connects."""
        self.server_state.descriptors.look()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, answer or refuse every request, and shut the application down."""
        structlog.get_logger().info(Event.STOPPING)
        self._on_stopping()
        self._stop_at = asyncio.get_running_loop().time()
        self.server_state.stopping = True
        self._for_each_connection(Protocol.shutdown)
        try:
            await self._stop_listening(sockets or [])
        except Exception as error:  # noqa: BLE001 - the connections still get their answers.
            faults.report_unhandled(error)
        await self._until(STOP_READING)
        self._for_each_connection(Protocol.stop_reading)
        await self._until(STOP_ANSWERING)
        self._for_each_connection(Protocol.stop_answering)
        await self._until(STOP_SENDING)
        self._for_each_connection(lambda connection: connection.transport.abort())
        await self.lifespan.shutdown()
        seconds = asyncio.get_running_loop().time() - self._stop_at
        structlog.get_logger().info(Event.STOPPED, seconds=round(seconds, 1))

    def _for_each_connection(self, step: Callable[[Protocol], None]) -> None:
        for connection in list(self.server_state.connections):
            try:
                step(cast("Protocol", connection))
            except Exception as error:  # noqa: BLE001 - the other connections still get the step.
                faults.report_unhandled(error)

    async def _until(self, seconds: float) -> None:
        """Wait until nothing is left to do, or until so many seconds after the signal."""
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(_TICK_SECONDS)
            if self._is_past(seconds):
                return

    def _is_past(self, seconds: float) -> bool:
        return self.force_exit or asyncio.get_running_loop().time() >= self._stop_at + seconds

    def _no_longer_reads(self) -> bool:
        return self._is_past(STOP_READING)

    async def _stop_listening(self, listeners: list[socket.socket]) -> None:
        for server in self.servers:
            server.close()
        for copy in self._copies:
            copy.close()
        await asyncio.sleep(HANDSHAKE_SECONDS)
        for listener in listeners:
            with listener:
                async for connection in accept_queue.drain(listener, self._no_longer_reads):
                    await self._accept(connection)

    async def _accept(self, connection: socket.socket) -> None:
        # A connection that has died meanwhile must not keep the others from their answers.
        with suppress(OSError, RuntimeError):
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Protocol(self.config, self.server_state, self.lifespan.state), connection
            )


def _freeze_garbage_collector() -> None:
    """Exclude everything that exists by now from garbage collection.

    To examine it takes some 30 ms, in which no request is served, and finds nothing: modules, the
    contract and the application last as long as the process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


def raise_keyboard_interrupt_on_signals() -> None:
    """Make SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, which unwinds every `with` block."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` ignores it on purpose.
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def exit_in_time() -> None:
    """End the process `EXIT` seconds from now, even if a thread still waits for the database.

    Python's own exit joins the threads, and runs no timer meanwhile: whoever has called this exits
    by `exit_now`.
    """
    timer = threading.Timer(EXIT, os._exit, [0])
    timer.daemon = True
    timer.start()


def exit_now() -> None:
    """End the process with status 0, and wait for nothing but its output."""
    logging.shutdown()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # Nobody may be there to read it.
            stream.flush()
    os._exit(0)
