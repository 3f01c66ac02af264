"""Threads for what waits for the database, and the time that each request has."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from functools import partial, wraps
from queue import SimpleQueue
from threading import Thread
from typing import Any

from persistence import deadline
from persistence.errors import DatabaseUnavailable

GRACE_SECONDS = 0.25
"""How long a thread may take to notice its deadline before the request stops waiting for it."""

OnQuery = Callable[[float | None, BaseException | None], None]
"""Called after each query with the seconds that it waited for a thread, or None if it got none, and
with what it raised."""


class Workers:
    """Runs blocking functions, at most `threads` at once, each within `seconds` of the call.

    Calls wait for a thread in their order; that wait counts. They are given up if no call has got a
    thread for `patience` seconds. In the thread, the wait for the database ends in time; what
    cannot be ended (libpq resolves host names without a time-out) goes on and is ignored.

    A queue and a future take a fifth of the time of anyio's threads (made for functions that know
    nothing of the event loop) or of concurrent.futures (made for several loops).
    """

    def __init__(
        self,
        *,
        threads: int,
        seconds: float,
        patience: float,
        on_query: OnQuery = lambda _waited, _error: None,
    ) -> None:
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        self._seconds = seconds
        self._patience = patience
        self._on_query = on_query
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._latest_start = 0.0

    def start(self) -> None:
        """Start the threads, before the first call."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each thread end after the calls before this one. Waits for none."""
        for _ in self._threads:
            self._calls.put(None)

    def in_thread(self, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """Return a coroutine function that runs a blocking one, with the same parameters.

        It raises DatabaseUnavailable when the time is up.
        """
        first_look = min(self._patience, self._seconds + GRACE_SECONDS)

        @wraps(function)
        async def run(**arguments: Any) -> Any:
            call = _Call(partial(function, **arguments), self._seconds)
            self._calls.put(call)
            call.call_later(first_look, self._give_up_in_time)
            try:
                result = await call.result
            except Exception as error:
                self._on_query(call.waited, error)
                raise
            finally:
                call.cancel_timer()
            self._on_query(call.waited, None)
            return result

        return run

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return self._calls.qsize()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call.started_at = self._latest_start = time.monotonic()
            call.run()
            del call  # Else the thread would keep the result until it gets another call.

    def _give_up_in_time(self, call: "_Call") -> None:
        end, reason = call.deadline + GRACE_SECONDS, "the time is up"
        if call.started_at is None:
            last_chance = max(call.asked_at, self._latest_start) + self._patience
            end, reason = min(end, last_chance), "no connection was free in time"
        left = end - time.monotonic()
        if left > 0:
            call.call_later(left, self._give_up_in_time)
        else:
            call.settle(None, DatabaseUnavailable(reason=reason))


class _Call:
    """One call of a function: requested and settled in the event loop, run in a thread."""

    def __init__(self, function: Callable[[], Any], seconds: float) -> None:
        self._function = function
        self._context = copy_context()
        self._loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Any] = self._loop.create_future()
        self.asked_at = time.monotonic()
        self.started_at: float | None = None
        self.deadline = self.asked_at + seconds

    @property
    def waited(self) -> float | None:
        """The seconds until a thread took it; None if none has."""
        return None if self.started_at is None else self.started_at - self.asked_at

    def call_later(self, seconds: float, callback: Callable[["_Call"], None]) -> None:
        """Call back with this call in so many seconds."""
        self._timer = self._loop.call_later(seconds, callback, self)

    def cancel_timer(self) -> None:
        """Cancel the latest `call_later`."""
        self._timer.cancel()

    def run(self) -> None:
        """Run the function in this thread, unless nobody waits for it any more."""
        if self.result.done():
            return
        result, error = None, None
        try:
            with deadline.until(self.deadline):
                result = self._context.run(self._function)
        except BaseException as raised:  # noqa: BLE001 -- whatever it is, the caller gets it.
            error = raised
        with suppress(RuntimeError):  # The event loop is closed: nobody waits.
            self._loop.call_soon_threadsafe(self.settle, result, error)

    def settle(self, result: object, error: BaseException | None) -> None:
        """Hand the outcome to the caller, unless it has given up."""
        if self.result.done():
            return
        if error is None:
            self.result.set_result(result)
        else:
            self.result.set_exception(error)
