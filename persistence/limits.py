"""The server's own time-outs, sent along with each statement."""

from persistence import deadline

SERVER_FIRST_SECONDS = 0.2
"""The server gives up that much before the client does: then the connection is still good."""


class Limits:
    """How long a statement and the wait for a lock may take, in seconds."""

    def __init__(self, *, statement_timeout: float, lock_timeout: float) -> None:
        self._statement_timeout = statement_timeout
        self._lock_limit = f"SET LOCAL lock_timeout={_milliseconds(lock_timeout)};"

    def sql(self) -> str:
        """Give what goes in front of a statement: in one message, it holds for one transaction.

        Raises DeadlineExceeded where this thread has no time left.
        """
        left = deadline.remaining() - SERVER_FIRST_SECONDS
        if left <= 0:
            raise deadline.DeadlineExceeded
        timeout = _milliseconds(min(self._statement_timeout, left))
        return f"SET LOCAL statement_timeout={timeout};{self._lock_limit}"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean: without an end.
