"""The deadline of a thread, as the clock of the server will show it."""

import math
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from persistence import deadline

NOW = select(func.clock_timestamp())
NEVER = datetime.max.replace(tzinfo=UTC)

BELIEVED_SECONDS = 60.0
"""After which the server is asked again: clocks are set, and servers replaced."""

PRECISE_SECONDS = 0.5
"""An answer that took longer says too little about the time to be kept."""

_CLOCK = "clock"


class _Clock(NamedTuple):
    server: datetime
    ours: float


def deadline_of(connection: Connection) -> datetime:
    """Give the moment on the server's clock at which this thread gives up, or a little earlier.

    It takes a round trip once a minute for each connection.
    """
    left = deadline.remaining()
    if left == math.inf:
        return NEVER
    clock: _Clock | None = connection.info.get(_CLOCK)
    if clock is None or time.monotonic() - clock.ours > BELIEVED_SECONDS:
        clock = _read(connection)
    return clock.server + timedelta(seconds=time.monotonic() - clock.ours + deadline.remaining())


def _read(connection: Connection) -> _Clock:
    asked_at = time.monotonic()
    server: datetime = connection.execute(NOW).scalar_one()
    # The server said so before now: counted from now on, its clock is behind rather than ahead.
    clock = _Clock(server, time.monotonic())
    if clock.ours - asked_at < PRECISE_SECONDS:
        connection.info[_CLOCK] = clock
    return clock
