"""The moment at which a request gives the database up: in its thread, and on the server.

The server's own time-outs do not end the wait for a server that is frozen, or for a network that
has fallen silent. So psycopg2 waits here, and no longer than the thread has time. Each statement
carries time-outs for the server that are a little shorter, so that a slow statement costs no
connection. And a write expires by the server's clock, because a server that was frozen reads it
long after the client has given it up.
"""

import math
import select
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import psycopg2
import sqlalchemy
from psycopg2.extensions import POLL_OK, POLL_READ, connection, set_wait_callback

SERVER_FIRST_SECONDS = 0.2
"""The server gives up that much earlier than the client; then the connection is still good."""

NOW = sqlalchemy.select(sqlalchemy.func.clock_timestamp())
NEVER = datetime.max.replace(tzinfo=UTC)

CLOCK_MAX_AGE_SECONDS = 60.0
"""After which the server's clock is read again: clocks are set, and servers are replaced."""

CLOCK_MAX_DELAY_SECONDS = 0.5
"""A reading that took longer is too imprecise to be kept."""

_CLOCK = "clock"

_thread = threading.local()


class DeadlineExceeded(psycopg2.OperationalError):
    """The time is up. Nobody knows whether the statement took effect; its connection is closed."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Give up at `moment` (of `time.monotonic()`), in this thread and block; the earliest wins."""
    outer = _moment()
    _thread.moment = min(moment, outer)
    try:
        yield
    finally:
        _thread.moment = outer


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give up after `seconds`, in this thread and block, or earlier."""
    with until(time.monotonic() + seconds):
        yield


def remaining() -> float:
    """Return the seconds that this thread has left; infinite if it has no deadline."""
    return _moment() - time.monotonic()


def install() -> None:
    """Make every psycopg2 connection of this process wait in `_wait`."""
    set_wait_callback(_wait)


def _moment() -> float:
    moment: float = getattr(_thread, "moment", math.inf)
    return moment


def _wait(waiting: connection) -> None:
    """Wait until libpq can go on. psycopg2 closes the connection if this raises."""
    while (state := waiting.poll()) != POLL_OK:
        ready = select.poll()
        ready.register(waiting.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        left = remaining()
        if left <= 0 or not ready.poll(None if left == math.inf else math.ceil(left * 1000)):
            raise DeadlineExceeded("the time is up")


class ServerTimeouts:
    """How long a statement may take, and how long it may wait for a lock; in seconds."""

    def __init__(self, *, statement: float, lock: float) -> None:
        self._statement = statement
        self._lock_sql = f"SET LOCAL lock_timeout={_milliseconds(lock)};"

    def sql(self) -> str:
        """Return what precedes a statement: in one message, it holds for one transaction.

        Raises DeadlineExceeded if this thread has no time left.
        """
        left = remaining() - SERVER_FIRST_SECONDS
        if left <= 0:
            raise DeadlineExceeded("the time is up")
        timeout = _milliseconds(min(self._statement, left))
        return f"SET LOCAL statement_timeout={timeout};{self._lock_sql}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean: no time-out.


class _ClockReading(NamedTuple):
    server: datetime
    ours: float


def server_deadline(info: MutableMapping[Any, Any], ask: Callable[[], datetime]) -> datetime:
    """Return this thread's deadline by the server's clock, or a moment a little earlier.

    `info` belongs to a connection and keeps the last reading; `ask` reads the server's clock over
    that connection, at most once in `CLOCK_MAX_AGE_SECONDS`.
    """
    if remaining() == math.inf:
        return NEVER
    clock: _ClockReading | None = info.get(_CLOCK)
    if clock is None or time.monotonic() - clock.ours > CLOCK_MAX_AGE_SECONDS:
        clock = _read_clock(info, ask)
    return clock.server + timedelta(seconds=time.monotonic() - clock.ours + remaining())


def _read_clock(info: MutableMapping[Any, Any], ask: Callable[[], datetime]) -> _ClockReading:
    asked_at = time.monotonic()
    # The server read its clock before now; taken as of now, its clock is behind rather than ahead.
    clock = _ClockReading(ask(), time.monotonic())
    if clock.ours - asked_at < CLOCK_MAX_DELAY_SECONDS:
        info[_CLOCK] = clock
    return clock
