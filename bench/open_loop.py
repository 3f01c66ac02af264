"""A fixed rate: each request is due at a time, whether or not the one before has been answered.

wrk waits for an answer before it sends the next request, so a service that pauses is asked less
meanwhile. Here the latency counts from when a request was due, its wait for a connection included.
"""

import asyncio
import time
from collections import deque
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple, cast

import httptools

from bench.load import LoadError

CONNECTIONS = 100
_PATIENCE_SECONDS = 3.0
"""After the last request was due; what has no answer by then took at least so long."""
_REFUSED = 400


class Latencies(NamedTuple):
    """In milliseconds; `answered` is the share of the requests with an answer."""

    p50: float
    p99: float
    answered: float


class _Connection(asyncio.Protocol):
    """Sends a request, and the next one that is due when it has its answer."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._parser = httptools.HttpResponseParser(self)
        self._due = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._load.idle.append(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self._load.are_lost += 1

    def send(self, request: bytes, due: float) -> None:
        """Send a request that was due at a moment."""
        self._due = due
        self._transport.write(request)

    def close(self) -> None:
        """Close it, whatever is on its way."""
        self._transport.abort()

    def on_message_complete(self) -> None:
        """Take the time, and go on; httptools calls it."""
        if self._parser.get_status_code() >= _REFUSED:
            self._load.refused += 1
        self._load.note(time.perf_counter() - self._due)
        self._parser = httptools.HttpResponseParser(self)
        self._load.go_on(self)


class _Load:
    def __init__(self, requests: list[bytes]) -> None:
        self._requests = cycle(requests)
        self._waiting: deque[float] = deque()
        self.idle: deque[_Connection] = deque()
        self._latencies: list[float] = []
        self._expected = 0
        self._is_done = asyncio.Event()
        self.refused = 0
        self.are_lost = 0

    async def run(self, port: int, *, rate: int, seconds: int) -> Latencies:
        """Send so many requests a second."""
        loop = asyncio.get_running_loop()
        every = [
            (await loop.create_connection(lambda: _Connection(self), "127.0.0.1", port))[1]
            for _ in range(CONNECTIONS)
        ]
        began, self._expected = time.perf_counter(), rate * seconds
        for number in range(self._expected):
            due = began + number / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            self._begin(due)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._is_done.wait(), _PATIENCE_SECONDS)
        lost, ended = self.are_lost, time.perf_counter()
        for connection in every:
            connection.close()
        if self.refused or lost:
            message = f"{self.refused} requests were refused, and {lost} connections lost"
            raise LoadError(message)
        return self._summary(ended - began, rate)

    def note(self, seconds: float) -> None:
        """Note how long an answer took."""
        self._latencies.append(seconds)
        if len(self._latencies) == self._expected:
            self._is_done.set()

    def go_on(self, connection: _Connection) -> None:
        """Give a connection the request that has been due for longest."""
        if self._waiting:
            connection.send(next(self._requests), self._waiting.popleft())
        else:
            self.idle.append(connection)

    def _begin(self, due: float) -> None:
        if self.idle:
            # In turn, so that none is idle for so long that the service closes it.
            self.idle.popleft().send(next(self._requests), due)
        else:
            self._waiting.append(due)

    def _summary(self, lasted: float, rate: int) -> Latencies:
        answered = len(self._latencies)
        # Requests are sent in the order in which they were due.
        late = [lasted - number / rate for number in range(answered, self._expected)]
        hundredths = quantiles([*self._latencies, *late], n=100)
        return Latencies(hundredths[49] * 1000, hundredths[98] * 1000, answered / self._expected)


def run_open(port: int, requests: Path, *, rate: int, seconds: int) -> Latencies:
    """Send the requests of a file at a rate; LoadError where one was refused."""
    load = _Load(requests.read_bytes().split(b"\0"))
    return asyncio.run(load.run(port, rate=rate, seconds=seconds))
