"""Lists that have been read, with their versions. The database knows which one is the newest."""

import random
from datetime import datetime

from persistence.models import TaskList

MAX_BYTES = 32 * 2**20
MAX_LIST_BYTES = MAX_BYTES // 8
"""A longer list would displace too many others."""

MAX_CHANGES = 50
"""A list is read again after so many changes. So if tasks are changed by hand without the triggers,
the list does not stay wrong for ever."""

LARGE_BYTES = 2**20
"""A list that is larger is not changed here: its bytes would be copied in the event loop."""

_NEXT = b'},{"id":'
_CREATED_AT = b'"created_at":"'

OVERHEAD_BYTES = 500
"""For the objects around a list."""


class KeptLists:
    """As many lists as fit into `MAX_BYTES`. If there is no room, a random one is dropped.

    A change of a task removes nothing here: a list is used only if the database has just returned
    its version, or the next version with the only task that has changed. No version is used twice.

    Dropping the least recently used list would fail for requests of many users in turn: if a few
    more lists than fit are requested in a cycle, each is dropped just before its next use.
    """

    def __init__(self) -> None:
        self._lists: dict[str, TaskList] = {}
        self._owners: list[str] = []
        self._bytes = 0

    def get(self, owner_id: str) -> TaskList | None:
        """Return the list of an owner, which may be out of date."""
        return self._lists.get(owner_id)

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

    def _drop_one(self) -> None:
        place = random.randrange(len(self._owners))  # noqa: S311 -- no secret.
        self._owners[place], self._owners[-1] = self._owners[-1], self._owners[place]
        self._bytes -= _size_of(self._lists.pop(self._owners.pop()))


def _size_of(tasks: TaskList) -> int:
    return OVERHEAD_BYTES + len(tasks.array or b"") + sum(map(len, tasks.more))


def with_change(kept: TaskList, version: int, task_id: int, written: str | None) -> TaskList | None:
    """Return the list after the change of one task, as PostgreSQL would write it.

    `written` is the JSON of the task; None if it has been deleted. Returns None if the list has to
    be read again: where it is large, and where the order may have changed.
    """
    array = kept.array
    if array is None or kept.more or len(array) > LARGE_BYTES or kept.changes >= MAX_CHANGES:
        return None
    # What is searched for has a quotation mark after a brace or a comma. In a string, a backslash
    # would stand between them.
    start = array.find(b'{"id":%d,' % task_id)
    end = array.find(_NEXT, start) + 1 or len(array) - 1
    if written is None:
        is_only = array[end:] == b"]" and start == 1
        if start < 0 or is_only:  # A list without tasks is not kept.
            return None
        changed = (
            array[:start] + array[end + 1 :] if start == 1 else array[: start - 1] + array[end:]
        )
    elif start < 0:
        new = written.encode()
        if not _is_newer(new, array[1:]):
            return None
        changed = b"[%b,%b" % (new, array[1:])
    else:
        new = written.encode()
        if _created_at(new) != _created_at(array[start:end]):
            return None
        changed = array[:start] + new + array[end:]
    return TaskList(version, changed, changes=kept.changes + 1)


def _created_at(task: bytes) -> bytes:
    """Return the time as it is written in the first task of these bytes."""
    start = task.find(_CREATED_AT) + len(_CREATED_AT)
    return task[start : task.find(b'"', start)]


def _is_newer(task: bytes, other: bytes) -> bool:
    try:
        times = [datetime.fromisoformat(_created_at(each).decode()) for each in (task, other)]
    except ValueError:  # Years that Python does not know.
        return False
    return times[0] > times[1]
