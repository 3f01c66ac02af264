"""Reads of several requests as one statement: those that wait for a connection at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import psycopg2
from sqlalchemy import Executable

from persistence.connection import Rows
from persistence.errors import PersistenceError

TURNS = 2
"""Of the event loop, for which the first request waits for others when a connection is free."""

Key = tuple[Any, ...]
Gather = Callable[[], Awaitable[dict[str, Any]]]
"""Waits for further requests, and returns the values of the statement."""
Run = Callable[[Executable, Gather, float], Awaitable[Rows]]
"""Runs a statement before a deadline, with the values that are gathered once it has a connection.

Raises a PersistenceError if it gets none, and an error of psycopg2 if the statement fails.
"""


class SharedRead(NamedTuple):
    """A SELECT of one row for each of several keys, and of none for a key that finds nothing."""

    statement: Executable
    """It takes an array for each part of the keys, and its rows begin with their keys."""
    parts: tuple[str, ...]
    """The names of these arrays."""


class _Batch:
    """The requests that one execution of a statement reads for."""

    def __init__(self, key: Key, deadline: float) -> None:
        self.keys = {key}
        self.deadline = deadline
        """That of its first request."""
        self.others: list[asyncio.Future[None]] = []
        """What all but its first request wait for."""
        self.found: dict[Key, tuple[Any, ...]] | None = None
        """The rows by their keys; None until there are any, and if the statement has failed."""


class SharedReads:
    """Gathers requests until a connection is free; the first one then reads for all of them.

    A request finds rows by its own key only, and the key names the owner. If the statement fails,
    each request has to read alone: none fails because of what another one has asked for.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._gathering: dict[SharedRead, _Batch] = {}

    async def find(self, read: SharedRead, key: Key, *, deadline: float) -> Rows | None:
        """Return the rows of a key; None if the request has to read alone.

        `deadline` is a moment of `time.monotonic()`. Raises a PersistenceError if there is no
        connection.
        """
        batch = self._gathering.get(read)
        if batch is None:
            batch = _Batch(key, deadline)
            await self._read(read, batch)
        elif deadline < batch.deadline:
            return None
        else:
            batch.keys.add(key)
            is_over = asyncio.get_running_loop().create_future()
            batch.others.append(is_over)
            await is_over
        if batch.found is None:
            return None
        return [batch.found[key]] if key in batch.found else []

    async def _read(self, read: SharedRead, batch: _Batch) -> None:
        self._gathering[read] = batch

        async def gather() -> dict[str, Any]:
            for _ in range(TURNS):
                await asyncio.sleep(0)
            del self._gathering[read]
            arrays = zip(*batch.keys, strict=True)
            return {part: list(values) for part, values in zip(read.parts, arrays, strict=True)}

        failure: PersistenceError | None = None
        try:
            rows = await self._run(read.statement, gather, batch.deadline)
            length = len(read.parts)
            batch.found = {row[:length]: row for row in rows}
        except PersistenceError as error:
            failure = error
            raise
        except psycopg2.Error:
            pass
        finally:  # Also if the first request is cancelled.
            if self._gathering.get(read) is batch:
                del self._gathering[read]
            for other in batch.others:
                if not other.done():
                    if failure is None:
                        other.set_result(None)
                    else:
                        other.set_exception(failure)
