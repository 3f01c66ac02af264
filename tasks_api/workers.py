"""Threads for what waits for the database, and the time that each request has."""

import time
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from queue import SimpleQueue
from threading import Thread
from typing import Any

from persistence.errors import DatabaseUnavailable
from tasks_api.call import Call

GRACE_SECONDS = 0.25
"""What a thread may take to notice that its time is up, before it is left to itself."""

Watch = Callable[[float | None, BaseException | None], None]
"""Is told of each call how many seconds it waited for a thread, None for in vain, and its error."""


class Workers:
    """Runs blocking functions, at most `threads` at once, each to be done `seconds` after the call.

    Calls wait for a thread in their order. That counts, and those that wait are given up where no
    call has got a thread for `patience` seconds. In the thread, the database is given up in time;
    what cannot be (libpq looks up the names of hosts without a time-out) goes on unheeded.

    A queue and a future take a fifth of the time of anyio's threads, which are made for functions
    that know nothing of the event loop's tasks, and of concurrent.futures, made for many loops.
    """

    def __init__(
        self,
        *,
        threads: int,
        seconds: float,
        patience: float,
        watch: Watch = lambda _waited, _error: None,
    ) -> None:
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(threads)]
        self._seconds = seconds
        self._patience = patience
        self._watch = watch
        self._calls: SimpleQueue[Call | None] = SimpleQueue()
        self._latest_start = 0.0

    def start(self) -> None:
        """Start the threads, before the first call."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each thread end when nobody waits for it any more. Waits for none."""
        for _ in self._threads:
            self._calls.put(None)

    def run_in_time(self, function: Callable[..., Any]) -> Callable[..., Awaitable[Any]]:
        """Make a coroutine function of a blocking one, with the same parameters.

        It raises DatabaseUnavailable where the time is up.
        """
        first_look = min(self._patience, self._seconds + GRACE_SECONDS)

        @wraps(function)
        async def run(**arguments: Any) -> Any:
            call = Call(partial(function, **arguments), self._seconds)
            self._calls.put(call)
            call.watch(first_look, self._give_up_in_time)
            try:
                answer = await call.answer
            except Exception as error:
                self._watch(call.waited, error)
                raise
            finally:
                call.unwatch()
            self._watch(call.waited, None)
            return answer

        return run

    @property
    def waiting(self) -> int:
        """How many calls wait for a thread."""
        return self._calls.qsize()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call.started_at = self._latest_start = time.monotonic()
            call.carry_out()
            del call  # Else the thread would keep the answer until it gets another call.

    def _give_up_in_time(self, call: Call) -> None:
        end, reason = call.moment + GRACE_SECONDS, "the time is up"
        if call.started_at is None:
            last_chance = max(call.asked_at, self._latest_start) + self._patience
            end, reason = min(end, last_chance), "no connection was free in time"
        left = end - time.monotonic()
        if left > 0:
            call.watch(left, self._give_up_in_time)
        else:
            call.settle(None, DatabaseUnavailable(reason=reason))
