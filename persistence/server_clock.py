"""The deadline of a thread, as the clock of the server will show it."""

import math
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

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


def deadline_of(info: MutableMapping[Any, Any], ask: Callable[[], datetime]) -> datetime:
    """Give the moment on the server's clock at which this thread gives up, or a little earlier.

    `info` goes with a connection, and `ask` has the server tell the time over it, once a minute.
    """
    if deadline.remaining() == math.inf:
        return NEVER
    clock: _Clock | None = info.get(_CLOCK)
    if clock is None or time.monotonic() - clock.ours > BELIEVED_SECONDS:
        clock = _read(info, ask)
    return clock.server + timedelta(seconds=time.monotonic() - clock.ours + deadline.remaining())


def _read(info: MutableMapping[Any, Any], ask: Callable[[], datetime]) -> _Clock:
    asked_at = time.monotonic()
    # The server says so before now: counted from now on, its clock is behind rather than ahead.
    clock = _Clock(ask(), time.monotonic())
    if clock.ours - asked_at < PRECISE_SECONDS:
        info[_CLOCK] = clock
    return clock
