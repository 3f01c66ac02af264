"""A TCP proxy that can fall silent: no data, no end, no reset, in either direction."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from tests.system.faults.ports import lasting_port

_CHUNK = 65536
_PATIENCE_SECONDS = 10


class Proxy:
    """Forwards connections to `upstream`, a port of 127.0.0.1, from a thread of its own.

    Its silence is that of a network whose middle loses its state: what was connected before is dead
    for ever, and neither side is told. A connection that is made in the silence waits for its end.
    """

    def __init__(self, upstream: int) -> None:
        self.port = lasting_port()
        self._upstream = upstream
        self._silences = 0
        self._connections: set[asyncio.Task[None]] = set()
        self._speaking = asyncio.Event()
        self._buried = asyncio.Event()
        self._ended = asyncio.Event()
        self._listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()
        if not self._listening.wait(_PATIENCE_SECONDS):
            raise TimeoutError("the proxy does not listen")

    def fall_silent(self) -> None:
        """Forward nothing more of any connection that there is."""

        def silence() -> None:
            self._silences += 1
            self._speaking.clear()

        self._soon(silence)

    def speak(self) -> None:
        """Forward new connections again."""
        self._soon(self._speaking.set)

    def bury(self) -> None:
        """Close the dead connections, as keep-alives do sooner or later."""
        self._soon(self._buried.set)

    def close(self) -> None:
        """Close everything."""
        self._soon(self._ended.set)
        self._thread.join(_PATIENCE_SECONDS)

    def _soon(self, what: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(what)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._speaking.set()
        self._listening.set()
        await self._ended.wait()
        server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        with suppress(OSError, asyncio.CancelledError):
            first = await reader.read(_CHUNK)
            await self._speaking.wait()
            if first and not reader.at_eof():
                await self._forward(first, reader, writer)
        writer.close()
        self._connections.discard(connection)

    async def _forward(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        silences = self._silences
        there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            back.write(first)
            ways = (reader, back), (there, writer)
            await asyncio.gather(*(self._pump(*way, silences) for way in ways))
        finally:
            back.close()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, silences: int
    ) -> None:
        data = b"-"
        while data:
            try:
                data = await reader.read(_CHUNK)
            except OSError:
                data = b""
            if silences != self._silences:
                await self._buried.wait()
                break
            writer.write(data)
        writer.close()
