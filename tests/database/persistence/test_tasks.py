"""What a repository does with its owner's tasks, and what it never does with another's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from persistence.errors import TaskNotFound
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, query
from tests.support.operations import Operation, all_of, on_one_task, titles_of

AddTask = Callable[..., Task]


@pytest.mark.requirement("FR-022")
@on_one_task
def test_a_task_of_another_owner_is_not_found_and_stays_as_it_is(
    database: Database, add_task: AddTask, operation: Operation
) -> None:
    task = add_task("alice")

    with pytest.raises(TaskNotFound), database.tasks_of("mallory") as tasks:
        operation(tasks, task.id)

    with database.tasks_of("alice") as tasks:
        assert tasks.get(task.id) == task


@pytest.mark.requirement("FR-022")
def test_tasks_of_another_owner_are_not_listed(database: Database, add_task: AddTask) -> None:
    hers, his = add_task("alice"), add_task("bob")

    with database.tasks_of("alice") as tasks:
        listed = all_of(tasks)

    assert listed == [hers]
    assert his not in listed


@on_one_task
def test_a_task_that_never_was_is_not_found(database: Database, operation: Operation) -> None:
    with pytest.raises(TaskNotFound), database.tasks_of("alice") as tasks:
        operation(tasks, 9_223_372_036_854_775_807)


@pytest.mark.requirement("FR-020")
def test_a_new_task_is_open_and_was_created_just_now(database: Database) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)

    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)

    assert (task.user_id, task.title, task.description) == ("alice", "Buy milk", None)
    assert task.completed is False
    assert before < task.created_at == task.updated_at < before + timedelta(seconds=10)
    assert task.created_at.tzinfo is UTC


def test_a_task_is_read_as_it_was_stored(database: Database, add_task: AddTask) -> None:
    task = add_task(title="Grüße 👋", description="")

    with database.tasks_of("alice") as tasks:
        assert tasks.get(task.id) == task
        assert all_of(tasks) == [task]

    assert task.title == "Grüße 👋"
    assert task.description == ""


@pytest.mark.own_database
def test_times_are_in_utc_whatever_the_time_zone_of_the_database(
    database: Database, database_url: str
) -> None:
    configure(database_url, "timezone", "Asia/Kathmandu")

    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)

    assert task.created_at.tzinfo is UTC


def test_tasks_are_listed_newest_first(database: Database, add_task: AddTask) -> None:
    oldest, middle, newest = (add_task(title=title) for title in ("1", "2", "3"))

    with database.tasks_of("alice") as tasks:
        listed = all_of(tasks)

    assert listed == [newest, middle, oldest]


def test_of_tasks_created_at_the_same_time_the_last_comes_first(
    database: Database, database_url: str, add_task: AddTask
) -> None:
    add_task("alice", title="1")
    add_task("alice", title="2")
    query(database_url, "UPDATE tasks SET created_at = '2026-01-01', updated_at = '2026-01-01'")

    assert titles_of(database, "alice") == ["2", "1"]


def test_an_owner_without_tasks_has_an_empty_list(database: Database) -> None:
    with database.tasks_of("alice") as tasks:
        assert all_of(tasks) == []


def test_more_than_a_thousand_tasks_are_listed_at_once(
    database: Database, database_url: str, add_task: AddTask
) -> None:
    add_task("alice")
    query(
        database_url,
        "INSERT INTO tasks (user_id, title) SELECT 'alice', n FROM generate_series(1, 1200) n",
    )

    with database.tasks_of("alice") as tasks:
        listed = all_of(tasks)

    assert len(listed) == 1201


def test_replacing_changes_title_and_description_and_nothing_else(
    database: Database, add_task: AddTask
) -> None:
    task = add_task(title="Old", description="Old")
    with database.tasks_of("alice") as tasks:
        done = tasks.toggle(task.id)

    with database.tasks_of("alice") as tasks:
        replaced = tasks.replace(task.id, title="New", description=None)

    assert (replaced.title, replaced.description) == ("New", None)
    assert (replaced.id, replaced.completed) == (task.id, True)
    assert replaced.created_at == task.created_at
    assert replaced.updated_at > done.updated_at


def test_toggling_twice_leads_back(database: Database, add_task: AddTask) -> None:
    task = add_task()

    with database.tasks_of("alice") as tasks:
        once, twice = tasks.toggle(task.id), tasks.toggle(task.id)

    assert (once.completed, twice.completed) == (True, False)
    assert task.updated_at < once.updated_at < twice.updated_at


def test_a_deleted_task_is_gone(database: Database, database_url: str, add_task: AddTask) -> None:
    task = add_task()

    with database.tasks_of("alice") as tasks:
        tasks.delete(task.id)

    with pytest.raises(TaskNotFound), database.tasks_of("alice") as tasks:
        tasks.get(task.id)
    assert query(database_url, "SELECT count(*) FROM tasks") == [(0,)]


def test_updated_at_moves_forward_with_every_change(database: Database, add_task: AddTask) -> None:
    task = add_task()

    with database.tasks_of("alice") as tasks:
        times = [tasks.toggle(task.id).updated_at for _ in range(300)]

    assert all(
        earlier < later for earlier, later in zip([task.updated_at, *times], times, strict=False)
    )


@pytest.mark.requirement("FR-021")
@pytest.mark.parametrize("change", ["replace", "toggle"])
def test_updated_at_moves_forward_after_the_clock_was_set_back(
    database: Database, database_url: str, add_task: AddTask, change: str
) -> None:
    task = add_task()
    ahead = datetime.now(UTC) + timedelta(hours=1)
    query(database_url, "UPDATE tasks SET updated_at = %s", ahead)

    with database.tasks_of("alice") as tasks:
        changed = (
            tasks.toggle(task.id)
            if change == "toggle"
            else tasks.replace(task.id, title="New", description=None)
        )

    assert changed.updated_at == ahead + timedelta(microseconds=1)


def test_no_toggle_is_lost_among_fifty_at_once(database: Database, add_task: AddTask) -> None:
    task = add_task()

    def toggle(_: int) -> bool:
        with database.tasks_of("alice") as tasks:
            return tasks.toggle(task.id).completed

    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(toggle, range(50)))

    assert sorted(outcomes) == [False] * 25 + [True] * 25


def test_one_of_many_deletions_at_once_succeeds(database: Database, add_task: AddTask) -> None:
    task = add_task()

    def delete(_: int) -> bool:
        try:
            with database.tasks_of("alice") as tasks:
                tasks.delete(task.id)
        except TaskNotFound:
            return False
        return True

    with ThreadPoolExecutor(10) as threads:
        outcomes = list(threads.map(delete, range(10)))

    assert outcomes.count(True) == 1


@pytest.mark.requirement("NF-002")
@pytest.mark.parametrize(
    "text",
    ["'); DROP TABLE tasks; --", "%s %(owner)s %%", "\\'; \\", ":title", "$1", '"', "{{ 7 * 7 }}"],
)
def test_sql_in_a_task_is_text(database: Database, add_task: AddTask, text: str) -> None:
    task = add_task(text, title=text, description=text)

    with database.tasks_of(text) as tasks:
        replaced = tasks.replace(task.id, title=text, description=text)
        listed = all_of(tasks)

    assert (task.user_id, task.title, task.description) == (text, text, text)
    assert listed == [replaced]
