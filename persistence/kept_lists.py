"""Lists that have been read, with their versions. The database knows which one is the newest."""

import random

from persistence.models import TaskList

MAX_BYTES = 32 * 2**20
MAX_LIST_BYTES = MAX_BYTES // 8
"""A longer list would displace too many others."""

OVERHEAD_BYTES = 500
"""For the objects around a list."""

_CHANGED = TaskList(None, None)
"""In the place of a list that is known to be out of date."""


class KeptLists:
    """As many lists as fit into `MAX_BYTES`. If there is no room, a random one is dropped.

    A list is used only if the database has just returned its version, and no version is used twice.
    So nothing has to be removed after a change. It is, to spare the question for the version.

    Dropping the least recently used list would fail for requests of many users in turn: if a few
    more lists than fit are requested in a cycle, each is dropped just before its next use.
    """

    def __init__(self) -> None:
        self._lists: dict[str, TaskList] = {}
        self._owners: list[str] = []
        self._bytes = 0

    def get(self, owner_id: str) -> TaskList | None:
        """Return the list of an owner, which may be out of date."""
        kept = self._lists.get(owner_id)
        return None if kept is _CHANGED else kept

    def keep(self, owner_id: str, tasks: TaskList) -> None:
        """Keep a list instead of the one before, if it is not too long."""
        if _size_of(tasks) > MAX_LIST_BYTES:
            return
        before = self._lists.get(owner_id)
        if before is None:
            self._owners.append(owner_id)
        else:
            self._bytes -= _size_of(before)
        self._lists[owner_id] = tasks
        self._bytes += _size_of(tasks)
        while self._bytes > MAX_BYTES:
            self._drop_one()

    def note_change(self, owner_id: str) -> None:
        """Forget a list that has just been changed through this process."""
        before = self._lists.get(owner_id)
        if before is not None:
            self._bytes += _size_of(_CHANGED) - _size_of(before)
            self._lists[owner_id] = _CHANGED

    def _drop_one(self) -> None:
        place = random.randrange(len(self._owners))  # noqa: S311 -- no secret.
        self._owners[place], self._owners[-1] = self._owners[-1], self._owners[place]
        self._bytes -= _size_of(self._lists.pop(self._owners.pop()))


def _size_of(tasks: TaskList) -> int:
    return OVERHEAD_BYTES + len(tasks.array or b"") + sum(map(len, tasks.more))
