"""A list that is kept becomes the newest one by the change of one task, to the byte."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvloop

from persistence.database import Database
from persistence.kept_lists import MAX_CHANGES, with_change
from persistence.migrate import migrate, unmigrate
from persistence.models import TaskList
from tests.support.database import locked, query, wait_until

BOTH_WAIT = """
    wait_event_type = 'Lock' AND 2 = (
        SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tasks-api'
           AND wait_event_type = 'Lock')
"""
TITLES = [
    "Buy milk",
    '{"id":1,',
    '},{"id":2,',
    '"created_at":"2026-01-01T00:00:00Z"',
    '\\"},{\\"id\\":3,',
    "ü €  \x7f",
    "]}",
]
BY_HAND = {
    "change": "UPDATE tasks SET title = 'By hand' WHERE user_id = 'alice'",
    "change one": "UPDATE tasks SET title = 'By hand' WHERE id = {id}",
    "delete one": "DELETE FROM tasks WHERE id = {id}",
    "move one": "UPDATE tasks SET created_at = created_at - interval '1 h' WHERE id = {id}",
    "give one away": "UPDATE tasks SET user_id = 'bob' WHERE id = {id}",
    "give one back": "UPDATE tasks SET user_id = 'alice' WHERE user_id = 'bob'",
    "add an old one": """
        INSERT INTO tasks (user_id, title, created_at, updated_at)
        VALUES ('alice', 'Old', now() - interval '1 d', now())""",
    "add two": "INSERT INTO tasks (user_id, title) VALUES ('alice', 'a'), ('alice', 'b')",
    "change one twice": """
        DO $$ BEGIN
            UPDATE tasks SET title = 'e' WHERE id = {id};
            UPDATE tasks SET title = 'f' WHERE user_id = 'alice' AND id <> {id};
            UPDATE tasks SET title = 'g' WHERE id = {id};
        END $$""",
    "change one after a rollback": """
        DO $$ BEGIN
            BEGIN
                UPDATE tasks SET title = 'h' WHERE user_id = 'alice';
                RAISE EXCEPTION 'back';
            EXCEPTION WHEN raise_exception THEN NULL;
            END;
            UPDATE tasks SET title = 'i' WHERE id = {id};
        END $$""",
    "truncate": "TRUNCATE tasks",
    "delete the user": "DELETE FROM users WHERE id = 'alice'",
    "add one and change one": """
        WITH added AS (INSERT INTO tasks (user_id, title) VALUES ('alice', 'c'))
        UPDATE tasks SET title = 'd' WHERE id = {id}""",
    "a trigger of an earlier version": """
        SET LOCAL session_replication_role = replica;
        UPDATE tasks SET title = title || '.' WHERE user_id = 'alice';
        UPDATE task_lists SET version = version + 1 WHERE user_id = 'alice'""",
}


def run(test: Callable[[], Awaitable[None]]) -> None:
    uvloop.run(test())  # type: ignore[arg-type]  # A coroutine function gives coroutines.


async def list_of_alice(database: Database, url: str) -> TaskList:
    """List while another request waits, so that the list is not read alone."""
    with locked(url, "tasks, task_lists") as blocker:
        other = asyncio.create_task(database.tasks_of("carol").list())
        alices = asyncio.create_task(database.tasks_of("alice").list())
        await asyncio.to_thread(wait_until, url, BOTH_WAIT)
        blocker.rollback()
        await other
        return await alices


async def change(database: Database, draw: random.Random, url: str) -> None:
    tasks = database.tasks_of("alice")
    ids = [number for (number,) in query(url, "SELECT id FROM tasks WHERE user_id = 'alice'")]
    task_id = draw.choice(ids) if ids else 0
    how = draw.choice(["add", "replace", "toggle", "delete", "nothing", *BY_HAND])
    if how == "add" or not ids:
        await tasks.add(title=draw.choice(TITLES), description=draw.choice([None, *TITLES]))
    elif how == "replace":
        title, description = draw.choice(TITLES), draw.choice([None, *TITLES])
        await tasks.replace(task_id, title=title, description=description)
    elif how == "toggle":
        await tasks.toggle(task_id)
    elif how == "delete":
        await tasks.delete(task_id)
    elif how in BY_HAND:
        query(url, BY_HAND[how].format(id=task_id))


@pytest.mark.own_database
@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_postgresql_would_write_whatever_has_changed(
    database_url: str, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 -- the same draw each time.

    async def test() -> None:
        one, other = Database(database_url), Database(database_url)
        await one.tasks_of("bob").add(title="Stays", description=None)
        await one.tasks_of("carol").add(title="Stays", description=None)
        changes = 0
        for _ in range(60):
            for _ in range(draw.choice([0, 1, 1, 1, 2])):
                await change(draw.choice([one, other]), draw, database_url)
            fresh = Database(database_url)

            seen = await list_of_alice(one, database_url)

            assert seen == await fresh.tasks_of("alice").list()
            changes += seen.changes > 0
            fresh.dispose()
        assert changes > 5
        one.dispose()
        other.dispose()

    run(test)


@pytest.mark.own_database
@pytest.mark.parametrize("how", ["add", "replace", "toggle", "delete"])
def test_one_change_is_read_without_the_list(database_url: str, how: str, sent: list[str]) -> None:
    async def test() -> None:
        database, other = Database(database_url), Database(database_url)
        await database.tasks_of("carol").add(title="Stays", description=None)
        tasks = [
            (await other.tasks_of("alice").add(title=f"Task {n}", description=None)).task
            for n in range(3)
        ]
        before = await list_of_alice(database, database_url)
        alices = other.tasks_of("alice")
        changes: dict[str, Callable[[], Awaitable[Any]]] = {
            "add": lambda: alices.add(title="More", description=None),
            "replace": lambda: alices.replace(tasks[1].id, title="Other", description="More"),
            "toggle": lambda: alices.toggle(tasks[2].id),
            "delete": lambda: alices.delete(tasks[0].id),
        }
        await changes[how]()
        sent.clear()

        seen = await list_of_alice(database, database_url)

        assert len(sent) == 2  # For Carol's list, and for the change of Alice's.
        assert seen == await other.tasks_of("alice").list() != before
        assert await list_of_alice(database, database_url) is seen
        database.dispose()
        other.dispose()

    run(test)


def test_after_so_many_changes_it_is_read_again() -> None:
    kept = TaskList(1, b'[{"id":1,"created_at":"x"},{"id":12,"created_at":"y"}]')
    for n in range(MAX_CHANGES):
        changed = with_change(kept, n + 2, 12, f'{{"id":12,"n":{n},"created_at":"y"}}')
        assert changed is not None
        kept = changed

    assert kept.array == b'[{"id":1,"created_at":"x"},{"id":12,"n":49,"created_at":"y"}]'
    assert with_change(kept, 60, 1, None) is None


@pytest.mark.own_database
def test_the_migration_keeps_what_is_there_and_can_be_reverted(database_url: str) -> None:
    unmigrate(database_url, revision="0004")
    query(database_url, "INSERT INTO users (id) VALUES ('alice'), ('carol')")
    query(database_url, "INSERT INTO tasks (user_id, title) VALUES ('alice', 'a'), ('carol', 'c')")
    migrate(database_url)

    async def test() -> None:
        database = Database(database_url)
        before = await list_of_alice(database, database_url)
        query(database_url, "UPDATE tasks SET title = 'b' WHERE title = 'a'")
        after = await list_of_alice(database, database_url)

        assert (after.array or b"").replace(b'"b"', b'"a"') == before.array
        database.dispose()

    run(test)
    unmigrate(database_url, revision="0004")
    query(database_url, "DELETE FROM tasks WHERE title = 'b'")
    assert query(database_url, "SELECT user_id FROM task_lists") == [("carol",)]


@pytest.mark.parametrize(
    ("kept", "task_id", "written"),
    [
        pytest.param(b'[{"id":1,"created_at":"x"}]', 1, None, id="the last task was deleted"),
        pytest.param(b'[{"id":1,"created_at":"x"}]', 2, None, id="it was not in the list"),
        pytest.param(
            b'[{"id":1,"created_at":"2026-01-01T00:00:00Z"}]',
            2,
            '{"id":2,"created_at":"2026-01-01T00:00:00Z"}',
            id="it was added at the same time",
        ),
        pytest.param(
            b'[{"id":1,"created_at":"2026-01-01T00:00:00.5Z"}]',
            2,
            '{"id":2,"created_at":"2026-01-01T00:00:00Z"}',
            id="it was added before the others",
        ),
        pytest.param(
            b'[{"id":1,"created_at":"2026-01-01T00:00:00Z"}]',
            2,
            '{"id":2,"created_at":"12026-01-01T00:00:00Z"}',
            id="a year that Python does not know",
        ),
        pytest.param(
            b'[{"id":1,"created_at":"2026-01-01T00:00:00Z"}]',
            1,
            '{"id":1,"created_at":"2026-01-01T00:00:01Z"}',
            id="its place may be another one",
        ),
    ],
)
def test_the_list_has_to_be_read_again(kept: bytes, task_id: int, written: str | None) -> None:
    assert with_change(TaskList(1, kept), 2, task_id, written) is None
