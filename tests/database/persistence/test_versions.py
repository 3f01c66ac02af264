"""A change that is meant for one version of a task, and for no other."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from persistence.errors import TaskChanged, TaskNotFound
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.blocking import BlockingTasks as TaskRepository
from tests.support.operations import all_of

AddTask = Callable[..., Task]
Change = Callable[[TaskRepository, int, Sequence[datetime]], object]

CHANGES: dict[str, Change] = {
    "replace": lambda tasks, task_id, versions: tasks.replace(
        task_id, title="New", description=None, versions=versions
    ),
    "toggle": lambda tasks, task_id, versions: tasks.toggle(task_id, versions=versions),
    "delete": lambda tasks, task_id, versions: tasks.delete(task_id, versions=versions),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
MICROSECOND = timedelta(microseconds=1)


def attempt(database: Database, change: Change, task: Task, *versions: datetime) -> bool:
    """Try to change a task of alice, and tell whether it had one of the versions."""
    try:
        with database.tasks_of("alice") as tasks:
            change(tasks, task.id, versions)
    except TaskChanged:
        return False
    return True


@every_change
def test_no_version_of_anothers_task_differs_from_one_that_never_existed(
    database: Database, add_task: AddTask, change: Change
) -> None:
    task = add_task("bob")

    with pytest.raises(TaskNotFound):
        attempt(database, change, task)
    with pytest.raises(TaskNotFound):
        attempt(database, change, task, task.updated_at)


@every_change
def test_the_last_version_is_changed(database: Database, add_task: AddTask, change: Change) -> None:
    task = add_task()

    assert attempt(database, change, task, task.updated_at - MICROSECOND, task.updated_at)


@every_change
def test_any_other_version_stays_as_it_is(
    database: Database, add_task: AddTask, change: Change
) -> None:
    task = add_task()

    assert not attempt(database, change, task)
    assert not attempt(database, change, task, task.updated_at - MICROSECOND)
    assert not attempt(database, change, task, task.updated_at + MICROSECOND)

    with database.tasks_of("alice") as tasks:
        assert all_of(tasks) == [task]


@every_change
def test_of_many_changes_of_one_version_at_once_one_is_made(
    database: Database, add_task: AddTask, change: Change
) -> None:
    task = add_task()

    def count(_: int) -> bool:
        try:
            return attempt(database, change, task, task.updated_at)
        except TaskNotFound:  # It has been deleted by then.
            return False

    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(count, range(20)))

    assert outcomes.count(True) == 1
