"""Something that is not there for a while: its beginning, its course and its end."""

import asyncio
from time import monotonic

import structlog

from tasks_api.observability.events import Event

TOLD_EVERY_SECONDS = 60.0

QUIET_SECONDS = 1.0
"""Without a failure after a success, until the fault is over: some come back in pieces."""

MAX_REASONS = 10
"""That are told of one fault; what comes to mind of libraries is without number."""


class Fault:
    """Tells a fault when it begins, when it has another reason, once a minute, and when it ends.

    What happens in between is counted. Failures and successes are reported in the event loop.
    """

    def __init__(self, began: Event, ended: Event) -> None:
        self._events = began, ended
        self._end: asyncio.TimerHandle | None = None
        self._forget()

    def _forget(self) -> None:
        self.is_on = False
        """Whether it goes on. Where it does not, there is no need to report a success."""
        self._reasons: set[str] = set()
        self._failures = 0
        self._began_at = self._told_at = 0.0

    def fail(self, reason: str) -> None:
        """Report a failure."""
        now = monotonic()
        if not self.is_on:
            self.is_on = True
            self._began_at = now
        if self._end is not None:
            self._end.cancel()
            self._end = None
        self._failures += 1
        is_new = reason not in self._reasons and len(self._reasons) < MAX_REASONS
        if is_new or now - self._told_at >= TOLD_EVERY_SECONDS:
            self._reasons.add(reason)
            self._told_at = now
            self._tell(reason)

    def succeed(self) -> None:
        """Report a success: if no failure follows, the fault is over."""
        if self.is_on and self._end is None:
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(QUIET_SECONDS, self._over, monotonic())

    def _tell(self, reason: str) -> None:
        structlog.get_logger().warning(
            self._events[0],
            reason=reason,
            count=self._failures,
            seconds=round(monotonic() - self._began_at, 1),
        )

    def _over(self, moment: float) -> None:
        structlog.get_logger().info(
            self._events[1], count=self._failures, seconds=round(moment - self._began_at, 1)
        )
        self._end = None
        self._forget()
