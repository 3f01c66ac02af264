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

EXPIRED = "the statement reached the server after its deadline"


class TaskRepository:
    """Reads and writes the tasks of one owner. Each change is one statement: all of it, or nothing.

    Every method raises OwnerNotFound if the owner does not exist. Methods that take an id raise
    TaskNotFound, for a task that is missing and for another owner's alike. With `versions`, a task
    whose `updated_at` is not among them is left unchanged, and TaskChanged is raised.
    """

    def __init__(self, pool: ConnectionPool, owner: Owner, users: Users) -> None:
        self._pool = pool
        self._owner = owner
        self._users = users

    def list_as_json(self) -> bytes:
        """Return all tasks as a JSON array, newest first, each with the members of `Task`."""
        ((array,),) = self._read(statements.LIST, as_bytes=True)
        if array is None:
            self._users.require(self._pool, self._owner)
        return array or b"[]"

    def get(self, task_id: int) -> Task:
        """Return one task."""
        rows = self._read(statements.GET, task_id=task_id)
        if not rows:
            self._users.require(self._pool, self._owner)
            raise TaskNotFound
        return task_of(rows[0])

    def add(
        self, *, title: str, description: str | None, idempotency_key: str | None = None
    ) -> Task:
        """Add a task, and its owner first if that is this service's task.

        Within 24 hours, the same key with the same title and description returns the task as it
        was added, and adds nothing. Raises IdempotencyKeyReused for the same key with another title
        or description.
        """
        task = self._add(title, description, idempotency_key)
        if task is None:
            self._users.provision(self._pool, self._owner)
            task = self._add(title, description, idempotency_key)
        if task is None:
            raise self._addition_error()
        return task

    def replace(
        self,
        task_id: int,
        *,
        title: str,
        description: str | None,
        versions: Collection[datetime] | None = None,
    ) -> Task:
        """Replace title and description."""
        values = {"new_title": title, "new_description": description}
        return task_of(self._change(statements.REPLACE, task_id, versions, **values)[0])

    def toggle(self, task_id: int, *, versions: Collection[datetime] | None = None) -> Task:
        """Flip `completed`. Of concurrent calls, none is lost."""
        return task_of(self._change(statements.TOGGLE, task_id, versions)[0])

    def delete(self, task_id: int, *, versions: Collection[datetime] | None = None) -> None:
        """Delete one task. Of concurrent calls, one succeeds."""
        self._change(statements.DELETE, task_id, versions)

    def _add(self, title: str, description: str | None, key: str | None) -> Task | None:
        table = self._users.table_name
        if key is not None:
            return add_once(self._pool, table, self._owner.id, key, title, description)
        values = {"owner": self._owner.id, "title": title, "description": description}
        rows = self._pool.execute(statements.insertion(table), values, expires=True)
        return task_of(rows[0]) if rows else None

    def _addition_error(self) -> PersistenceError:
        # If the owner exists, the statement has expired: see `statements.NOT_EXPIRED`.
        exists = self._users.exists(self._pool, self._owner)
        return DatabaseUnavailable(reason=EXPIRED) if exists else OwnerNotFound()

    def _change(
        self,
        change: ReturningUpdate[Any] | ReturningDelete[Any],
        task_id: int,
        versions: Collection[datetime] | None,
        **values: object,
    ) -> Rows:
        if versions is not None:
            change = statements.if_version_matches(change)
            values["versions"] = list(versions)
        values |= {"owner": self._owner.id, "task_id": task_id}
        rows = self._pool.execute(change, values, expires=True)
        if not rows:
            self._raise_why_unchanged(task_id, versions)
        return rows

    def _raise_why_unchanged(self, task_id: int, versions: Collection[datetime] | None) -> NoReturn:
        task = self.get(task_id)
        if versions is not None and task.updated_at not in versions:
            raise TaskChanged
        raise DatabaseUnavailable(reason=EXPIRED)

    def _read(self, statement: Executable, *, as_bytes: bool = False, **values: object) -> Rows:
        values["owner"] = self._owner.id
        return self._pool.execute(statement, values, repeatable=True, as_bytes=as_bytes)
