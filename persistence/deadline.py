"""What a session is told, and how the server learns of a request's deadline.

The client gives up at the deadline, even if the server does not answer. Slightly shorter time-outs
for the server let a slow statement end without costing its connection. And a write expires by the
server's clock, because a server that was frozen reads it long after the client has given it up.
"""

import time

from sqlalchemy import func, select

from persistence.connection import DeadlineExceeded

SERVER_FIRST_SECONDS = 0.2
"""The server gives up that much earlier than the client; then the connection is still good."""

CLOCK_MAX_AGE_SECONDS = 60.0
"""After which the server's clock is read again: clocks are set, and servers are replaced."""

CLOCK_MAX_DELAY_SECONDS = 0.5
"""A reading that took longer is too imprecise to be kept."""

QUERY_CANCELED, LOCK_NOT_AVAILABLE = "57014", "55P03"
_ROUNDING_SECONDS = 0.001

_ISOLATION = "SET LOCAL transaction_isolation='read committed';"

NOW = select(func.clock_timestamp())


class SessionSettings:
    """What a session is told: its time-outs in seconds, and what one user may keep.

    The isolation is READ COMMITTED, even if the role or the database has another default: a
    statement that had to wait for another change then sees it, and is not rolled back.
    """

    def __init__(self, *, statement: float, lock: float, max_tasks: int, max_text: int) -> None:
        self._statement, self._lock = statement, lock
        others = [
            f"lock_timeout={_milliseconds(lock)}",
            f"tasks_api.max_tasks={max_tasks}",
            f"tasks_api.max_text={max_text}",
        ]
        self._local = "".join(f"SET LOCAL {setting};" for setting in others)
        self.preamble = (
            f"{_ISOLATION}SET default_transaction_isolation='read committed';"
            f"SET statement_timeout={_milliseconds(statement)};"
            f"{''.join(f'SET {setting};' for setting in others)}"
            # Every statement finds its rows by a key, for every owner alike. By default,
            # PostgreSQL plans the list each time, which takes longer than to execute it.
            "SET plan_cache_mode=force_generic_plan;DEALLOCATE ALL;"
        )
        """Precedes the first statement on a connection to one server process."""

    def beyond_session(self, deadline: float) -> str:
        """Return what precedes a statement on a connection that has had the preamble.

        Raises DeadlineExceeded if there is no time left.
        """
        left = _left(deadline)
        return "" if left >= self._statement else self._set_local(left)

    def of_statement(self, deadline: float) -> str:
        """Return what precedes a statement where nothing may be set that outlives it.

        In one message with the statement, it holds for one transaction. Raises DeadlineExceeded if
        there is no time left.
        """
        timeout = self._set_local(min(self._statement, _left(deadline)))
        return f"{_ISOLATION}{timeout}{self._local}"

    def is_mistaken(self, sqlstate: str | None, *, sent_at: float, deadline: float) -> bool:
        """Return whether a statement had time left when the server reported that its time was up.

        PostgreSQL may notice that the time of a statement is up when it has just ended. Then it
        cancels the next statement of the session, which has no effect.
        """
        seconds = {
            QUERY_CANCELED: min(self._statement, deadline - SERVER_FIRST_SECONDS - sent_at),
            LOCK_NOT_AVAILABLE: self._lock,
        }
        is_up_after = seconds.get(sqlstate or "", 0.0) - _ROUNDING_SECONDS
        return time.monotonic() - sent_at < is_up_after

    @staticmethod
    def _set_local(seconds: float) -> str:
        return f"SET LOCAL statement_timeout={_milliseconds(seconds)};"


def _left(deadline: float) -> float:
    left = deadline - SERVER_FIRST_SECONDS - time.monotonic()
    if left <= 0:
        raise DeadlineExceeded("the time is up")
    return left


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean: no time-out.
