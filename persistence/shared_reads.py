"""Reads of several requests as one statement."""

import asyncio
import math
import time
from collections.abc import Awaitable
from typing import Any, NamedTuple

from sqlalchemy import Executable

from persistence.connection import Rows
from persistence.errors import DatabaseUnavailable, PersistenceError

MAX_REQUESTS = 64
"""How many share one statement at most."""

Key = tuple[Any, ...]


class SharedRead(NamedTuple):
    """A SELECT of one row for each of several keys, and of none for a key that finds nothing."""

    statement: Executable
    """It takes an array for each part of the keys, and its rows begin with their keys."""
    arrays: tuple[str, ...]
    """The names of the arrays, in the order of the parts of a key."""


class _Request(NamedTuple):
    key: Key
    result: asyncio.Future[Rows | None]
    deadline: float
    asked_at: float


class Batch:
    """The requests that share one execution of a statement.

    A request gets the rows of its own key only, and the key names the owner.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        """How many requests of one user it takes."""
        self._requests: list[_Request] = []
        self._requests_of: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._looks_at = math.inf
        """When the timer looks whose deadline has passed: one for each request would take longer
        than all that a batch does for it."""
        self.deadline = 0.0
        """The latest one of the requests."""

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._requests)

    def has_room(self, user: str) -> bool:
        """Return whether a user may add a request."""
        is_full = len(self._requests) >= MAX_REQUESTS
        return not is_full and self._requests_of.get(user, 0) < self._share

    def rows_of(
        self, key: Key, *, user: str, deadline: float, asked_at: float
    ) -> Awaitable[Rows | None]:
        """Add a request, and return the rows of its key; None if it has to read alone.

        `deadline` is a moment of `time.monotonic()`. Raises DatabaseUnavailable when it has passed,
        and what is given to `fail`.
        """
        result: asyncio.Future[Rows | None] = asyncio.get_running_loop().create_future()
        self._requests.append(_Request(key, result, deadline, asked_at))
        self._requests_of[user] = self._requests_of.get(user, 0) + 1
        self.deadline = max(self.deadline, deadline)
        if deadline < self._looks_at:
            self._look_at(deadline)
        return result

    def waits(self) -> list[float]:
        """Return how long each request has waited until now."""
        now = time.monotonic()
        return [now - request.asked_at for request in self._requests]

    def values(self, read: SharedRead) -> dict[str, Any]:
        """Return the arrays of the keys, each key once."""
        parts = zip(*{request.key for request in self._requests}, strict=True)
        return {name: list(part) for name, part in zip(read.arrays, parts, strict=True)}

    def answer(self, read: SharedRead, rows: Rows) -> None:
        """Give each request the rows of its key."""
        length = len(read.arrays)
        found = {row[:length]: [row] for row in rows}
        for request in self._open():
            request.result.set_result(found.get(request.key, []))

    def fail(self, error: PersistenceError) -> None:
        """Give each request an error of its own, for it is raised in as many tasks."""
        for request in self._open():
            request.result.set_exception(type(error)(error.sqlstate, reason=str(error)))

    def dissolve(self) -> None:
        """Have each request without a result read alone."""
        for request in self._open():
            request.result.set_result(None)
        if self._timer is not None:
            self._timer.cancel()

    def _open(self) -> list[_Request]:
        return [request for request in self._requests if not request.result.done()]

    def _look_at(self, moment: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._looks_at = moment
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(moment - time.monotonic(), self._look)

    def _look(self) -> None:
        now = time.monotonic()
        for request in self._open():
            if request.deadline <= now:
                request.result.set_exception(DatabaseUnavailable(reason="the time is up"))
        left = self._open()
        if left:
            self._look_at(min(request.deadline for request in left))
