"""Reads of several requests as one statement."""

import asyncio
import time
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


class Batch:
    """The requests that share one execution of a statement.

    A request gets the rows of its own key only, and the key names the owner.
    """

    def __init__(self, share: int) -> None:
        self._share = share
        """How many requests of one user it takes."""
        self._requests: list[tuple[Key, asyncio.Future[Rows | None]]] = []
        self._requests_of: dict[str, int] = {}
        self.asked_at: list[float] = []
        """When each request began to wait."""
        self.deadline = 0.0
        """The latest one of the requests."""

    def __len__(self) -> int:
        """Return the number of requests."""
        return len(self._requests)

    def has_room(self, user: str) -> bool:
        """Return whether a user may add a request."""
        return len(self) < MAX_REQUESTS and self._requests_of.get(user, 0) < self._share

    async def rows_of(
        self, key: Key, *, user: str, deadline: float, asked_at: float
    ) -> Rows | None:
        """Add a request, and return the rows of its key; None if it has to read alone.

        `deadline` is a moment of `time.monotonic()`. Raises DatabaseUnavailable when it has passed,
        and what is given to `fail`.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Rows | None] = loop.create_future()
        self._requests.append((key, result))
        self._requests_of[user] = self._requests_of.get(user, 0) + 1
        self.asked_at.append(asked_at)
        self.deadline = max(self.deadline, deadline)
        timer = loop.call_later(deadline - time.monotonic(), _give_up, result)
        try:
            return await result
        finally:
            timer.cancel()

    def values(self, read: SharedRead) -> dict[str, Any]:
        """Return the arrays of the keys, each key once."""
        parts = zip(*{key for key, _ in self._requests}, strict=True)
        return {name: list(part) for name, part in zip(read.arrays, parts, strict=True)}

    def answer(self, read: SharedRead, rows: Rows) -> None:
        """Give each request the rows of its key."""
        length = len(read.arrays)
        found = {row[:length]: [row] for row in rows}
        for key, result in self._requests:
            if not result.done():
                result.set_result(found.get(key, []))

    def fail(self, error: PersistenceError) -> None:
        """Give each request an error of its own, for it is raised in as many tasks."""
        for _, result in self._requests:
            if not result.done():
                result.set_exception(type(error)(error.sqlstate, reason=str(error)))

    def dissolve(self) -> None:
        """Have each request without a result read alone."""
        for _, result in self._requests:
            if not result.done():
                result.set_result(None)


def _give_up(result: asyncio.Future[Rows | None]) -> None:
    if not result.done():
        result.set_exception(DatabaseUnavailable(reason="the time is up"))
