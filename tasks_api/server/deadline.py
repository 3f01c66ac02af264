"""A time-out of the event loop that can be started, stopped and started again."""

import asyncio
from collections.abc import Callable


class Deadline:
    """Does something `seconds` after it was started, unless it is stopped before."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, action: Callable[[], object]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._action = action
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._timer is not None

    def start(self) -> None:
        """Begin to count, from now on if it was counting already."""
        self.stop()
        self._timer = self._loop.call_later(self._seconds, self._action)

    def stop(self) -> None:
        """Count no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
