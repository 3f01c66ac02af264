"""The version of a list changes with every change, also by hand, and is never used twice."""

import random
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg2
import pytest

from persistence import kept_lists
from persistence.connection import Connection, Rows
from persistence.errors import TaskNotFound
from persistence.models import Task, TaskList
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query
from tests.support.operations import ALL, Operation

AddTask = Callable[..., Task]

WRITES = {name: write for name, write in ALL.items() if name not in {"get", "list"}}
BY_HAND = {
    "insert": "INSERT INTO tasks (user_id, title) SELECT 'alice', 'x' FROM generate_series(1, 3)",
    "update": "UPDATE tasks SET title = title || '!', updated_at = now() + interval '1 s'",
    "update without a time": "UPDATE tasks SET description = 'y'",
    "delete": "DELETE FROM tasks WHERE title = 'Buy milk'",
    "truncate": "TRUNCATE tasks",
    "give away": "UPDATE tasks SET user_id = 'bob' WHERE title = 'Buy milk'",
    "give away all": "UPDATE tasks SET user_id = 'bob' WHERE user_id = 'alice'",
    "delete all": "DELETE FROM tasks",
    "delete the user": "DELETE FROM users WHERE id = 'alice'",
}
COUNTED = """
    SELECT user_id, tasks, bytes FROM task_lists WHERE tasks IS NOT NULL ORDER BY 1
"""
REALLY = """
    SELECT user_id, count(*), sum(octet_length(title) + coalesce(octet_length(description), 0))
      FROM tasks GROUP BY user_id ORDER BY 1
"""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[tuple[Any, ...]]]:
    """Give the rows that the server sends for each statement."""
    received: list[Sequence[tuple[Any, ...]]] = []
    execute = Connection.execute

    async def note(
        connection: Connection, sql: str, values: Mapping[str, Any] | None, **how: Any
    ) -> Rows:
        rows = await execute(connection, sql, values, **how)
        received.append(rows)
        return rows

    monkeypatch.setattr(Connection, "execute", note)
    return received


def list_of(database: Database, owner: str = "alice", **how: Any) -> TaskList:
    with database.tasks_of(owner) as tasks:
        return tasks.list(**how)


def test_a_list_that_has_not_changed_is_not_written_again(
    database: Database, add_task: AddTask, sent: list[Sequence[tuple[Any, ...]]]
) -> None:
    add_task()
    first = list_of(database)

    assert list_of(database) == first
    ((version, _, array),) = sent[-1]
    assert (version, array) == (first.version, None)


def test_of_a_version_that_is_known_only_that_is_said(
    database: Database, add_task: AddTask, database_url: str
) -> None:
    add_task()
    version = list_of(database).version
    elsewhere = Database(database_url)

    for each in (database, elsewhere):
        assert list_of(each, known=[1, version, 99]) == TaskList(version, None)
    elsewhere.dispose()


def test_an_empty_list_has_a_version_too(database: Database, add_task: AddTask) -> None:
    assert list_of(database) == TaskList(0, b"[]")
    task = add_task()
    with database.tasks_of("alice") as tasks:
        tasks.delete(task.id)

    assert list_of(database) == TaskList(0, b"[]")


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_every_operation_changes_the_version_of_its_owner_only(
    database: Database, add_task: AddTask, database_url: str, write: Operation
) -> None:
    task, _, _ = add_task(), add_task(), add_task(owner="bob")
    mine, theirs = list_of(database), list_of(database, "bob")
    elsewhere = Database(database_url)

    with elsewhere.tasks_of("alice") as tasks:
        write(tasks, task.id)

    now = list_of(database)
    assert now.version != mine.version
    assert now == list_of(elsewhere)
    assert list_of(database, "bob") == theirs
    elsewhere.dispose()


@pytest.mark.parametrize("statement", BY_HAND.values(), ids=BY_HAND.keys())
def test_every_change_by_hand_changes_it_as_well(
    database: Database, add_task: AddTask, database_url: str, statement: str
) -> None:
    for _ in range(2):
        add_task(title="Buy milk")
    add_task(title="Buy oats", description="Two bags")
    add_task(owner="bob")
    before = list_of(database)

    query(database_url, statement)

    now = list_of(database)
    fresh = Database(database_url)
    assert now.version != before.version
    assert now == list_of(fresh)
    if "user_id = 'bob'" not in statement:
        assert query(database_url, COUNTED) == query(database_url, REALLY)
    fresh.dispose()


def test_a_user_who_is_deleted_and_comes_back_has_another_version(
    database: Database, add_task: AddTask, database_url: str
) -> None:
    add_task(title="Secret")
    before = list_of(database)
    query(database_url, "DELETE FROM users")

    add_task(title="Another")

    now = list_of(database, known=[before.version or 0])
    assert now.array is not None
    assert b"Secret" not in now.array


def test_whatever_happens_at_once_the_counts_are_right(
    database: Database, database_url: str
) -> None:
    def live(owner: str, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 -- no secret.
        mine: list[int] = []
        with database.tasks_of(owner) as tasks:
            for _ in range(60):
                with suppress(TaskNotFound):
                    if not mine or chance.random() < 0.4:
                        mine.append(
                            tasks.add(title="x" * chance.randint(1, 9), description=None).id
                        )
                    elif chance.random() < 0.5:
                        tasks.replace(chance.choice(mine), title="y", description="z" * 5)
                    else:
                        tasks.delete(mine.pop(chance.randrange(len(mine))))

    with ThreadPoolExecutor(8) as threads:
        for ended in [threads.submit(live, f"owner-{n % 3}", n) for n in range(12)]:
            ended.result()

    assert query(database_url, COUNTED) == query(database_url, REALLY)


def test_owners_who_change_at_once_do_not_wait_for_each_other(
    database: Database, add_task: AddTask, database_url: str
) -> None:
    add_task(owner="bob")
    blocker = psycopg2.connect(database_url)
    blocker.cursor().execute("INSERT INTO users (id) VALUES ('carol')")
    blocker.cursor().execute("INSERT INTO tasks (user_id, title) VALUES ('carol', 'x')")
    blocker.cursor().execute("UPDATE tasks SET title = 'y' WHERE user_id = 'bob'")

    with database.within(10):
        add_task(owner="alice")

    blocker.close()


def test_only_so_much_is_kept(
    database: Database,
    add_task: AddTask,
    monkeypatch: pytest.MonkeyPatch,
    sent: list[Sequence[tuple[Any, ...]]],
) -> None:
    monkeypatch.setattr(kept_lists, "MAX_BYTES", 3000)
    monkeypatch.setattr(kept_lists, "MAX_LIST_BYTES", 1500)
    for number in range(10):
        add_task(owner=f"user-{number}", description="x" * 500)
    add_task(owner="writer", description="x" * 2000)

    def is_kept(owner: str) -> bool:
        list_of(database, owner)
        return sent[-1][0][1] is None

    for _ in range(20):
        for number in range(10):
            is_kept(f"user-{number}")
        assert not is_kept("writer")

    kept = sum(is_kept(f"user-{number}") for number in range(10))
    assert 0 <= kept <= 4
