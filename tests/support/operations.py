"""The operations of the repository, for tests that hold for each of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import pytest

from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.blocking import BlockingTasks as TaskRepository

Operation = Callable[[TaskRepository, int], object]

ON_ONE_TASK: dict[str, Operation] = {
    "get": lambda tasks, task_id: tasks.get(task_id),
    "replace": lambda tasks, task_id: tasks.replace(task_id, title="New", description="New"),
    "toggle": lambda tasks, task_id: tasks.toggle(task_id),
    "delete": lambda tasks, task_id: tasks.delete(task_id),
}
ALL: dict[str, Operation] = ON_ONE_TASK | {
    "list": lambda tasks, _: tasks.list(),
    "add": lambda tasks, _: tasks.add(title="New", description=None),
    "add once": lambda tasks, _: tasks.add(title="New", description=None, idempotency_key="k"),
}

on_one_task = pytest.mark.parametrize("operation", ON_ONE_TASK.values(), ids=ON_ONE_TASK.keys())
every_operation = pytest.mark.parametrize("operation", ALL.values(), ids=ALL.keys())


def titles_of(database: Database, owner: str) -> list[str]:
    """Give the titles of the owner's tasks, the newest first."""
    with database.tasks_of(owner) as tasks:
        return [task.title for task in all_of(tasks)]


def all_of(tasks: TaskRepository) -> list[Task]:
    """Read the list of the owner's tasks."""
    return [_task_of(members) for members in orjson.loads(tasks.list().array or b"")]


def _task_of(members: dict[str, Any]) -> Task:
    times = {name: datetime.fromisoformat(members[name]) for name in ("created_at", "updated_at")}
    return Task(**{name: members[name] for name in members if name != "etag"} | times)
