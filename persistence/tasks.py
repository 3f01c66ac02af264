"""The tasks of one owner."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Executable
from sqlalchemy.sql.dml import ReturningDelete, ReturningUpdate

from persistence import statements
from persistence.compiled import Rows
from persistence.errors import (
    DatabaseUnavailable,
    OwnerNotFound,
    PersistenceError,
    TaskChanged,
    TaskNotFound,
)
from persistence.idempotency import add_once
from persistence.models import Task
from persistence.pool import ConnectionPool
from persistence.statements import task_of
from persistence.users import Owner, Users

TOO_LATE = "the statement came too late by the clock of the server"


class TaskRepository:
    """Reads and writes the tasks of one owner. Each change is one statement: all of it, or nothing.

    Every method raises OwnerNotFound where the owner does not exist, and those that take an id
    raise TaskNotFound for a task that is missing and for another owner's alike. Where `versions`
    are given, a task whose `updated_at` is not among them stays as it is, which is a TaskChanged.
    """

    def __init__(self, pool: ConnectionPool, owner: Owner, users: Users) -> None:
        self._pool = pool
        self._owner = owner
        self._users = users

    def list_as_json(self) -> bytes:
        """Give all tasks as a JSON array, the newest first, each with the members of a `Task`."""
        ((array,),) = self._read(statements.LIST, as_bytes=True)
        if array is None:
            self._users.confirm(self._pool, self._owner)
        return array or b"[]"

    def get(self, task_id: int) -> Task:
        """Give one task."""
        rows = self._read(statements.GET, task_id=task_id)
        if not rows:
            self._users.confirm(self._pool, self._owner)
            raise TaskNotFound
        return task_of(rows[0])

    def add(
        self, *, title: str, description: str | None, idempotency_key: str | None = None
    ) -> Task:
        """Store a new task, and its owner with it where owners are ours to add.

        The same key, title and description again, within 24 hours, give the first answer and add
        nothing. Raises IdempotencyKeyReused for the same key with another title or description.
        """
        task = self._add(title, description, idempotency_key)
        if task is None:
            self._users.admit(self._pool, self._owner)
            task = self._add(title, description, idempotency_key)
        if task is None:
            raise self._why_nothing_was_added()
        return task

    def replace(
        self,
        task_id: int,
        *,
        title: str,
        description: str | None,
        versions: Collection[datetime] | None = None,
    ) -> Task:
        """Put a new title and description in the place of the old."""
        values = {"new_title": title, "new_description": description}
        return task_of(self._change(statements.REPLACE, task_id, versions, **values)[0])

    def toggle(self, task_id: int, *, versions: Collection[datetime] | None = None) -> Task:
        """Flip `completed`; of any number at once, each counts."""
        return task_of(self._change(statements.TOGGLE, task_id, versions)[0])

    def delete(self, task_id: int, *, versions: Collection[datetime] | None = None) -> None:
        """Remove one task; of any number at once, one succeeds."""
        self._change(statements.DELETE, task_id, versions)

    def _add(self, title: str, description: str | None, key: str | None) -> Task | None:
        table = self._users.table_name
        if key is not None:
            return add_once(self._pool, table, self._owner.id, key, title, description)
        values = {"owner": self._owner.id, "title": title, "description": description}
        rows = self._pool.execute(statements.insertion(table), values, expires=True)
        return task_of(rows[0]) if rows else None

    def _why_nothing_was_added(self) -> PersistenceError:
        # If the owner is there, it came too late by the server's clock: see `IN_TIME`.
        known = self._users.know(self._pool, self._owner)
        return DatabaseUnavailable(reason=TOO_LATE) if known else OwnerNotFound()

    def _change(
        self,
        change: ReturningUpdate[Any] | ReturningDelete[Any],
        task_id: int,
        versions: Collection[datetime] | None,
        **values: object,
    ) -> Rows:
        if versions is not None:
            change = statements.of_version(change)
            values["versions"] = list(versions)
        values |= {"owner": self._owner.id, "task_id": task_id}
        rows = self._pool.execute(change, values, expires=True)
        if not rows:
            self._explain_why_nothing_changed(task_id, versions)
        return rows

    def _explain_why_nothing_changed(
        self, task_id: int, versions: Collection[datetime] | None
    ) -> NoReturn:
        task = self.get(task_id)
        if versions is not None and task.updated_at not in versions:
            raise TaskChanged
        raise DatabaseUnavailable(reason=TOO_LATE)

    def _read(self, statement: Executable, *, as_bytes: bool = False, **values: object) -> Rows:
        values["owner"] = self._owner.id
        return self._pool.execute(statement, values, repeatable=True, as_bytes=as_bytes)
