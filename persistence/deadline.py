"""The moment at which a thread gives the database up, whatever the database does.

The server's own time-outs do not reach a server that is frozen, or a network that has fallen
silent. So psycopg2 waits here, and no longer than the thread has time.
"""

import math
import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import POLL_OK, POLL_READ, connection, set_wait_callback

_thread = threading.local()


class DeadlineExceeded(psycopg2.OperationalError):
    """The time is up. What was under way may or may not be done; its connection is closed."""


@contextmanager
def until(moment: float) -> Iterator[None]:
    """Give up at `moment` (of `time.monotonic()`), in this thread and block; earlier wins."""
    outer = _moment()
    _thread.moment = min(moment, outer)
    try:
        yield
    finally:
        _thread.moment = outer


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Give up `seconds` from now, in this thread and block, or earlier."""
    with until(time.monotonic() + seconds):
        yield


def remaining() -> float:
    """Give the seconds that are left to this thread; infinite where nobody set a deadline."""
    return _moment() - time.monotonic()


def install() -> None:
    """Have every psycopg2 connection of this process wait in `_wait`."""
    set_wait_callback(_wait)


def _moment() -> float:
    moment: float = getattr(_thread, "moment", math.inf)
    return moment


def _wait(waiting: connection) -> None:
    """Wait until libpq has what it waits for. psycopg2 closes the connection if this raises."""
    while (state := waiting.poll()) != POLL_OK:
        ready = select.poll()
        ready.register(waiting.fileno(), select.POLLIN if state == POLL_READ else select.POLLOUT)
        left = remaining()
        if left <= 0 or not ready.poll(None if left == math.inf else math.ceil(left * 1000)):
            raise DeadlineExceeded("the time is up")
