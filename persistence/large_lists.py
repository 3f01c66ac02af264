"""Lists that are too large to be read by one statement, and many at a time."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from persistence.models import Page, TaskList
from persistence.turns import IsWanted, Turns

PIECE = 1000
"""Tasks that one statement reads. It reads fewer if they have more than 512 KiB of text."""

ATTEMPTS = 3
"""If the list changes between two pieces, it is read again from its beginning. The last attempt
takes the pieces as they are: each task as it was when its piece was read."""

UNKNOWN_SIZE = 8 * 2**20
"""What is held for a list whose size is not known."""

Hold = Callable[[str, int], AbstractContextManager[None]]
"""Holds memory for a user, so many bytes, during a block; raises an exception if there is none."""

ALL = Page()

ReadPage = Callable[[Page], Awaitable[TaskList]]


class LargeLists:
    """Reads one large list at a time. Users take turns, and memory is held for it.

    It is read in pieces, of one version unless it changes all the time. So neither PostgreSQL nor
    libpq nor this process has to build it as a whole, and the event loop is not held: 50 MB at once
    would take 0.1 s.
    """

    def __init__(self, hold: Hold) -> None:
        self._hold = hold
        self._turns = Turns(1, share=1)

    async def read(  # noqa: PLR0913, PLR0917 -- whose, until when, and what
        self,
        user: str,
        deadline: float,
        is_wanted: IsWanted,
        size: int,
        read_page: ReadPage,
        which: Page = ALL,
    ) -> TaskList:
        """Read a list, or a page without a limit, of about `size` bytes when it is its turn."""
        await self._turns.take(user, deadline=deadline, patience=deadline, is_wanted=is_wanted)
        try:
            with self._hold(user, size):
                return await _read(read_page, which)
        finally:
            self._turns.give_back(user)


async def _read(read_page: ReadPage, which: Page) -> TaskList:
    for attempt in range(ATTEMPTS):
        is_last = attempt == ATTEMPTS - 1
        page = await read_page(which._replace(limit=PIECE))
        version, pieces = page.version, [page.array or b""]
        while page.next is not None and (page.version == version or is_last):
            page = await read_page(which._replace(limit=PIECE, after=page.next))
            if page.array != b"[]":
                pieces[-1] = pieces[-1][:-1] + b","
                pieces.append((page.array or b"")[1:])
        if page.version == version or is_last:
            break
    # The version of a list that has changed meanwhile is never the current one again.
    return TaskList(version, pieces[0], more=tuple(pieces[1:]))
