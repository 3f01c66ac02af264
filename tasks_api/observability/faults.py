"""What fails again and again: logged the first time, then once a minute with the count."""

from time import monotonic
from traceback import format_tb

import structlog

from persistence.errors import DatabaseUnavailable, sqlstate_of
from tasks_api.observability.events import Event

LOG_INTERVAL_SECONDS = 60.0

MAX_KINDS = 100
"""Kinds that are told apart; the oldest is forgotten first."""

QUIET_SECONDS = 1.0
"""A success ends a fault only if the last failure was this long ago: some recover gradually."""

MAX_REASONS = 10
"""The most reasons that are logged for one fault; libraries have any number of messages."""


class Throttle:
    """Admits the first of each kind, and then one a minute, with the count since the last."""

    def __init__(self, *, max_kinds: int = MAX_KINDS) -> None:
        self._max_kinds = max_kinds
        self._last: dict[str, tuple[float, int]] = {}
        """By kind: when it was admitted last, and how many were held back since."""

    def admit(self, kind: str) -> int | None:
        """Return how often it has occurred since it was admitted, this time included, or None."""
        now = monotonic()
        admitted_at, held_back = self._last.get(kind, (float("-inf"), 0))
        if now - admitted_at < LOG_INTERVAL_SECONDS:
            self._last[kind] = admitted_at, held_back + 1
            return None
        if kind not in self._last and len(self._last) >= self._max_kinds:
            del self._last[next(iter(self._last))]
        self._last[kind] = now, 0
        return 1 + held_back


class Fault:
    """Something that is unavailable for a while: logs its start, each new reason, and its end.

    It takes no timer: a success ends it if the last failure was `quiet_seconds` ago.
    """

    def __init__(
        self,
        began: Event,
        ended: Event,
        *,
        quiet_seconds: float = QUIET_SECONDS,
        max_reasons: int = MAX_REASONS,
    ) -> None:
        self._began, self._ended = began, ended
        self._quiet_seconds = quiet_seconds
        self._max_reasons = max_reasons
        self._failures = 0
        self._began_at = self._failed_at = self._logged_at = 0.0
        self._reasons: set[str] = set()

    @property
    def is_on(self) -> bool:
        """Whether it has started and not ended. If not, a success need not be reported."""
        return self._failures > 0

    def fail(self, reason: str, *, count: int = 1) -> None:
        """Report a failure, or `count` of them."""
        now = monotonic()
        if not self.is_on:
            self._began_at, self._reasons = now, set()
        self._failures += count
        self._failed_at = now
        is_new = reason not in self._reasons and len(self._reasons) < self._max_reasons
        if is_new or now - self._logged_at >= LOG_INTERVAL_SECONDS:
            self._reasons.add(reason)
            self._logged_at = now
            structlog.get_logger().warning(
                self._began,
                reason=reason,
                count=self._failures,
                seconds=round(now - self._began_at, 1),
            )

    def succeed(self) -> None:
        """Report a success."""
        now = monotonic()
        if self.is_on and now - self._failed_at >= self._quiet_seconds:
            seconds = round(now - self._began_at, 1)
            structlog.get_logger().info(self._ended, count=self._failures, seconds=seconds)
            self._failures = 0


class DatabaseFault:
    """Logs when the database becomes unavailable to the operations, and when it recovers."""

    def __init__(self) -> None:
        self._fault = Fault(Event.DATABASE_UNAVAILABLE, Event.DATABASE_RECOVERED)

    def on_outcome(self, error: Exception | None) -> None:
        """Note what an operation has raised."""
        if isinstance(error, DatabaseUnavailable):
            self._fault.fail(str(error).partition("\n")[0])
        elif self._fault.is_on:
            self._fault.succeed()


_bugs = Throttle()


def report_unhandled(error: BaseException, *, request_id: bytes | None = None) -> None:
    """Log an exception that is a bug of the service, unless the same was logged a minute ago."""
    location = location_of(error)
    count = _bugs.admit(location)
    if count is not None:
        structlog.get_logger().error(
            Event.UNHANDLED_EXCEPTION,
            exception=location,
            count=count,
            request_id=request_id.decode() if request_id else None,
        )


def location_of(error: BaseException) -> str:
    """Return what may be logged of an exception: its type, its traceback, and its cause's.

    Its text may hold values; PostgreSQL's quotes whole rows.
    """
    described = _type_of(error) + "\n" + "".join(format_tb(error.__traceback__))
    return described + (f"caused by {location_of(error.__cause__)}" if error.__cause__ else "")


def _type_of(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    sqlstate = sqlstate_of(error)
    return name + (f" (SQLSTATE {sqlstate})" if sqlstate else "")
