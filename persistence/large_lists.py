"""Lists that are too large to be read as many at a time as there are connections."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from persistence.models import TaskList
from persistence.turns import IsWanted, Turns

Hold = Callable[[str, int], AbstractContextManager[None]]
"""Holds memory for a user, so many bytes, during a block; raises an exception if there is none."""

Read = Callable[[], Awaitable[TaskList]]


class LargeLists:
    """Reads one large list at a time. Users take turns, and memory is held for it."""

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._turns = Turns(1, share=1)

    async def read(
        self, user: str, deadline: float, is_wanted: IsWanted, size: int, read: Read
    ) -> TaskList:
        """Read a list of about `size` bytes when it is its turn."""
        await self._turns.take(user, deadline=deadline, patience=deadline, is_wanted=is_wanted)
        try:
            with self._hold(user, size):
                return await read()
        finally:
            self._turns.give_back(user)
