"""The tasks of one owner."""

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from persistence import statements
from persistence.connection import Rows
from persistence.errors import (
    DatabaseUnavailable,
    OwnerNotFound,
    TaskChanged,
    TaskNotFound,
    TaskUnchanged,
)
from persistence.idempotency import add_once
from persistence.kept_lists import KeptLists, with_change
from persistence.large_lists import PIECE, UNKNOWN_SIZE
from persistence.models import Added, Page, Position, Task, TaskList
from persistence.pool import Execute, Find
from persistence.statements import task_of
from persistence.users import Owner, Users

ReadLarge = Callable[..., Awaitable[TaskList]]
"""Reads a list of about so many bytes: see `LargeLists`."""

Versions = Collection[datetime] | None
"""The `updated_at` that a task may have, or may not have; None for any."""

EXPIRED = "the statement reached the server after its deadline"


class TaskRepository:
    """Reads and writes the tasks of one owner. Each change is one statement: all of it, or nothing.

    Every method raises OwnerNotFound if the owner does not exist. Methods that take an id raise
    TaskNotFound, for a task that is missing and for another owner's alike. With `versions`, a task
    whose `updated_at` is not among them is left unchanged, and TaskChanged is raised. A task whose
    `updated_at` is `excluded` is left unchanged as well, and TaskUnchanged is raised.
    """

    def __init__(  # noqa: PLR0913 -- what it is made of
        self,
        execute: Execute,
        find: Find,
        owner: Owner,
        users: Users,
        *,
        lists: KeptLists,
        read_large: ReadLarge,
        distrust_clocks: Callable[[], None],
    ) -> None:
        self._execute = execute
        self._find = find
        self._owner = owner
        self._users = users
        self._lists = lists
        self._read_large = read_large
        self._distrust_clocks = distrust_clocks

    async def list(self, *, known: Collection[int] = ()) -> TaskList:
        """Return all tasks; only their version if it is among those that are `known`."""
        kept = self._lists.get(self._owner.id)
        tasks = await self._newest(kept, known)
        return tasks or await self._list(kept, known)

    async def _newest(self, kept: TaskList | None, known: Collection[int]) -> TaskList | None:
        """Return the list as it is now, if that takes no more than its version or one task.

        That is so if its version is among those that are `known`, which is all that is returned
        then; if it is the one that was kept; or if that has changed in one task. Returns None if
        the list has to be read.
        """
        if kept is None and not any(known):  # A list without tasks has version 0, and no row.
            return None
        compared = kept.version if kept is not None else 0
        rows = await self._find(statements.LIST_SHARED, (self._owner.id, compared))
        if not rows:
            return None
        ((_, _, version, task_id, written),) = rows
        newest = kept if version == compared else None
        if kept is not None and task_id is not None:
            newest = with_change(kept, version, task_id, written)
            if newest is not None:
                self._lists.keep(self._owner.id, newest)
        return TaskList(version, None) if version in known else newest

    async def _list(self, kept: TaskList | None, known: Collection[int]) -> TaskList:
        versions = [*known, kept.version] if kept else [*known]
        ((version, size, array),) = await self._read(statements.LIST, as_bytes=True, known=versions)
        if version is not None and version in known:
            return TaskList(version, None)
        if kept is not None and version == kept.version:
            return kept
        if size > statements.LARGE_BYTES:
            tasks = await self._read_large(size, self._page)
        elif array is not None:
            tasks = TaskList(version, array)
        else:  # There are no tasks, even if there is a version.
            await self._users.require(self._execute, self._owner)
            return TaskList(0, b"[]")
        if tasks.version is not None and tasks.array is not None:
            self._lists.keep(self._owner.id, tasks)
        return tasks

    async def page(self, page: Page, *, known: Collection[int] = ()) -> TaskList:
        """Return a part of the list; only the version of the list if that is `known`.

        A page with a limit has fewer tasks if they have more than 512 KiB of text.
        """
        unchanged = await self._newest(None, known)
        if unchanged is not None:
            return unchanged
        if page.limit is not None:
            return await self._page(page, known=known)
        first = await self._page(page._replace(limit=PIECE), known=known)
        if first.next is None:
            return first
        return await self._read_large(UNKNOWN_SIZE, self._page, page)

    async def _page(self, page: Page, *, known: Collection[int] = ()) -> TaskList:
        rows = await self._read(
            statements.page(is_narrowed=page.completed is not None),
            as_bytes=True,
            known=[*known],
            limit=(page.limit or 0) + 1,
            room=statements.PAGE_BYTES,
            after_time=page.after.created_at if page.after else "infinity",
            after_id=page.after.id if page.after else 0,
            completed=page.completed,
        )
        version, found, *_ = rows[0]
        if version is not None and version in known:
            return TaskList(version, None)
        if found is None:
            await self._users.require(self._execute, self._owner)
            return TaskList(version, b"[]")
        shown = rows[: page.limit]
        _, _, created_at, task_id, _ = shown[-1]
        return TaskList(
            version,
            b"[%b]" % b",".join(row[-1] for row in shown),
            next=Position(created_at, task_id) if found > len(shown) else None,
        )

    async def get(self, task_id: int, *, versions: Versions = None) -> Task:
        """Return one task."""
        rows = await self._find(statements.GET_SHARED, (task_id, self._owner.id))
        if rows is None:
            rows = await self._read(statements.GET, task_id=task_id)
        if not rows:
            await self._users.require(self._execute, self._owner)
            raise TaskNotFound
        task = task_of(rows[0])
        if versions is not None and task.updated_at not in versions:
            raise TaskChanged
        return task

    async def add(
        self, *, title: str, description: str | None, idempotency_key: str | None = None
    ) -> Added:
        """Add a task, and its owner first if that is this service's task.

        Within 24 hours, the same key with the same title and description returns the task as it
        was added, and adds nothing. Raises IdempotencyKeyReused for the same key with another title
        or description.
        """
        is_provisioned = False
        for _ in range(3):
            added = await self._add(title, description, idempotency_key)
            if added is not None:
                return added
            if await self._users.exists(self._execute, self._owner):
                self._distrust_clocks()  # The statement has expired: see `statements.NOT_EXPIRED`.
            elif is_provisioned:
                raise OwnerNotFound
            else:
                await self._users.provision(self._execute, self._owner)
                is_provisioned = True
        raise DatabaseUnavailable(reason=EXPIRED)

    async def replace(
        self,
        task_id: int,
        *,
        title: str,
        description: str | None,
        versions: Versions = None,
        excluded: Versions = (),
    ) -> Task:
        """Replace title and description."""
        values = {"new_title": title, "new_description": description}
        rows = await self._change(statements.REPLACE, task_id, versions, excluded, **values)
        return task_of(rows[0])

    async def toggle(
        self, task_id: int, *, versions: Versions = None, excluded: Versions = ()
    ) -> Task:
        """Flip `completed`. Of concurrent calls, none is lost."""
        return task_of((await self._change(statements.TOGGLE, task_id, versions, excluded))[0])

    async def delete(
        self, task_id: int, *, versions: Versions = None, excluded: Versions = ()
    ) -> None:
        """Delete one task. Of concurrent calls, one succeeds."""
        await self._change(statements.DELETE, task_id, versions, excluded)

    async def _add(self, title: str, description: str | None, key: str | None) -> Added | None:
        table = self._users.table_name
        if key is not None:
            return await add_once(self._execute, table, self._owner, key, title, description)
        values = {**self._owner.values, "title": title, "description": description}
        rows = await self._execute(statements.insertion(table), values, expires=True)
        return Added(task_of(rows[0])) if rows else None

    async def _change(
        self,
        change: ReturningUpdate[Any] | ReturningDelete[Any],
        task_id: int,
        versions: Versions,
        excluded: Versions,
        **values: object,
    ) -> Rows:
        if excluded is None:
            await self.get(task_id, versions=versions)
            raise TaskUnchanged
        change = statements.limited(
            change, to_versions=versions is not None, excludes=bool(excluded)
        )
        if versions is not None:
            values["versions"] = list(versions)
        if excluded:
            values["excluded"] = list(excluded)
        values |= {**self._owner.values, "task_id": task_id}
        for _ in range(2):
            rows = await self._execute(change, values, expires=True)
            if rows:
                return rows
            task = await self.get(task_id, versions=versions)
            if task.updated_at in excluded:
                raise TaskUnchanged
            self._distrust_clocks()  # The statement has expired: see `statements.NOT_EXPIRED`.
        raise DatabaseUnavailable(reason=EXPIRED)

    async def _read(
        self, statement: Executable, *, as_bytes: bool = False, **values: object
    ) -> Rows:
        values |= self._owner.values
        return await self._execute(statement, values, repeatable=True, as_bytes=as_bytes)
