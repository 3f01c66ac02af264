"""Threads for what waits for the database, and the time that each request has."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from persistence import deadline
from persistence.errors import DatabaseUnavailable

GRACE_SECONDS = 0.25
"""What a thread may take to notice that its time is up, before it is left to itself."""


class Workers:
    """Runs blocking functions, at most `threads` at once, each to be done `seconds` after the call.

    The time that a call waits for a thread counts. In the thread, the database is given up in time;
    what cannot be (libpq looks up the names of hosts without a time-out) goes on unheeded.
    """

    def __init__(self, *, threads: int, seconds: float) -> None:
        self._threads = threads
        self._seconds = seconds
        self._limiter: CapacityLimiter | None = None

    def run_in_time(self, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """Make a coroutine function of a blocking one, with the same parameters.

        It raises DatabaseUnavailable where the time is up.
        """

        @wraps(function)
        async def run(**arguments: Any) -> Any:
            moment = time.monotonic() + self._seconds
            call = partial(_run_until, moment, partial(function, **arguments))
            try:
                async with asyncio.timeout(self._seconds + GRACE_SECONDS):
                    return await run_sync(call, abandon_on_cancel=True, limiter=self._free())
            except TimeoutError as error:
                raise DatabaseUnavailable from error

        return run

    def _free(self) -> CapacityLimiter:
        # A limiter belongs to an event loop, and there is none yet when the workers are made.
        self._limiter = self._limiter or CapacityLimiter(self._threads)
        return self._limiter


def _run_until(moment: float, call: Callable[[], Any]) -> Any:
    with deadline.until(moment):
        return call()
