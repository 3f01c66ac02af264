"""The tasks of one owner."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, Executable, Row

from persistence import statements
from persistence.errors import OwnerNotFound, TaskNotFound
from persistence.models import Task
from persistence.users import Owner, Users


class TaskRepository:
    """Reads and writes the tasks of one owner, in the transaction that it was opened in.

    Every method raises OwnerNotFound where the owner does not exist, and those that take an id
    raise TaskNotFound for a task that is missing and for another owner's alike.
    """

    def __init__(self, connection: Connection, owner: Owner, users: Users) -> None:
        self._connection = connection
        self._owner = owner
        self._users = users

    def list(self) -> Sequence[Task]:
        """Give all tasks, the newest first."""
        rows = self._execute(statements.LIST)
        if not rows:
            self._users.confirm(self._connection, self._owner)
        return [_task(row) for row in rows]

    def get(self, task_id: int) -> Task:
        """Give one task."""
        return _task(self._only(statements.GET, task_id=task_id))

    def add(self, *, title: str, description: str | None) -> Task:
        """Store a new task, and its owner with it where owners are ours to add."""
        statement = statements.insertion(self._users.table_name)
        rows = self._execute(statement, title=title, description=description)
        if not rows:
            self._users.admit(self._connection, self._owner)
            rows = self._execute(statement, title=title, description=description)
        if not rows:
            raise OwnerNotFound
        return _task(rows[0])

    def replace(self, task_id: int, *, title: str, description: str | None) -> Task:
        """Put a new title and description in the place of the old."""
        values = {"new_title": title, "new_description": description}
        return _task(self._only(statements.REPLACE, task_id=task_id, **values))

    def toggle(self, task_id: int) -> Task:
        """Flip `completed`; of any number at once, each counts."""
        return _task(self._only(statements.TOGGLE, task_id=task_id))

    def delete(self, task_id: int) -> None:
        """Remove one task; of any number at once, one succeeds."""
        self._only(statements.DELETE, task_id=task_id)

    def _only(self, statement: Executable, **values: object) -> Row[*tuple[Any, ...]]:
        rows = self._execute(statement, **values)
        if not rows:
            self._users.confirm(self._connection, self._owner)
            raise TaskNotFound
        return rows[0]

    def _execute(self, statement: Executable, **values: object) -> Sequence[Row[*tuple[Any, ...]]]:
        return self._connection.execute(statement, {"owner": self._owner.id, **values}).all()


def _task(row: Row[*tuple[Any, ...]]) -> Task:
    return Task(
        id=row.id,
        user_id=row.user_id,
        title=row.title,
        description=row.description,
        completed=row.completed,
        created_at=row.created_at.astimezone(UTC),
        updated_at=row.updated_at.astimezone(UTC),
    )
