"""A database that is far away: a proxy that adds a time to every round trip."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import urlsplit

import uvloop

from bench.servers import free_port, wait_until_open

_HOST = "127.0.0.1"


class _Side(asyncio.Protocol):
    """One side of a connection; passes on what it gets to the other side, `delay` seconds later."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._waiting: list[bytes] = []
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._pass_on, data)
        else:
            self._pass_on(data)

    def connection_lost(self, _error: Exception | None) -> None:
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def meet(self, other: "_Side") -> None:
        """Pass on to this one from now, and what has come in already."""
        self.other = other
        for data in self._waiting:
            self._pass_on(data)

    def _pass_on(self, data: bytes) -> None:
        if self.other is None or self.other.transport is None:
            self._waiting.append(data)
        else:
            self.other.transport.write(data)


class _Caller(_Side):
    """The side of a service. What goes to the database is not held up, what comes back is."""

    def __init__(self, port: int, delay: float) -> None:
        super().__init__(0)
        self._port = port
        self._back = delay

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._calling = asyncio.ensure_future(self._call())

    async def _call(self) -> None:
        database = _Side(self._back)
        await asyncio.get_running_loop().create_connection(lambda: database, _HOST, self._port)
        database.meet(self)
        self.meet(database)


@contextmanager
def far_away(url: str, *, milliseconds: int) -> Iterator[str]:
    """Give the URL by which the database is so much further away, for each round trip."""
    port, target = free_port(), urlsplit(url).port
    options = [str(port), str(target), str(milliseconds)]
    proxy = subprocess.Popen([sys.executable, "-m", "bench.far_away", *options])
    try:
        wait_until_open(port)
        yield url.replace(f":{target}/", f":{port}/")
    finally:
        proxy.terminate()
        proxy.wait(timeout=10)


async def _serve(port: int, target: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Caller(target, seconds), _HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]) / 1000))
