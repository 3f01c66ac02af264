"""One call of a function that blocks."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Any

from persistence import deadline


class Call:
    """Asked for in the event loop, carried out in a thread, settled in the event loop."""

    started_at: float | None = None

    def __init__(self, function: Callable[[], Any], seconds: float) -> None:
        self._function = function
        self._context = copy_context()
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Any] = self._loop.create_future()
        self.asked_at = time.monotonic()
        self.moment = self.asked_at + seconds

    @property
    def waited(self) -> float | None:
        """How many seconds passed before a thread took it; None while none has."""
        return None if self.started_at is None else self.started_at - self.asked_at

    def watch(self, seconds: float, look: Callable[["Call"], None]) -> None:
        """Look at it again in so many seconds."""
        self._timer = self._loop.call_later(seconds, look, self)

    def unwatch(self) -> None:
        """Look at it no more."""
        self._timer.cancel()

    def carry_out(self) -> None:
        """Run the function in this thread, unless nobody waits for it any more."""
        if self.answer.done():
            return
        result, error = None, None
        try:
            with deadline.until(self.moment):
                result = self._context.run(self._function)
        except BaseException as raised:  # noqa: BLE001 -- whatever it is, the caller gets it.
            error = raised
        with suppress(RuntimeError):  # The event loop is closed: nobody waits.
            self._loop.call_soon_threadsafe(self.settle, result, error)

    def settle(self, result: object, error: BaseException | None) -> None:
        """Give the caller what came of it, unless it has been given up."""
        if self.answer.done():
            return
        if error is None:
            self.answer.set_result(result)
        else:
            self.answer.set_exception(error)
