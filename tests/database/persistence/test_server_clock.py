"""Deadlines on the clock of the server."""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from persistence import pool
from persistence.connection import Connection, Rows
from persistence.errors import DatabaseUnavailable, TaskChanged
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query
from tests.support.operations import ALL, Operation, all_of

LATER = func.clock_timestamp() + text("interval '1 hour'")
AT_ONCE = select(func.pg_backend_pid(), LATER)
SLOWLY = select(func.pg_backend_pid(), LATER, func.pg_sleep(text("0.6"))).subquery()
EARLIER = select(func.pg_backend_pid(), func.clock_timestamp() - text("interval '1 hour'"))
WRITES = {name: write for name, write in ALL.items() if name not in {"get", "list"}}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Give the deadlines that the server is told."""
    sent: list[datetime] = []
    execute = Connection.execute

    async def note(
        connection: Connection, sql: str, values: Mapping[str, Any] | None, **how: Any
    ) -> Rows:
        sent.extend(value for name, value in (values or {}).items() if name == "expires_at")
        return await execute(connection, sql, values, **how)

    monkeypatch.setattr(Connection, "execute", note)
    return sent


def add(database: Database) -> Task:
    with database.tasks_of("alice") as tasks:
        return tasks.add(title="Buy milk", description=None)


def test_the_deadline_is_a_moment_on_the_servers_clock(
    database_url: str, sent: list[datetime]
) -> None:
    database = Database(database_url, request_timeout=60, statement_timeout=40)
    for seconds in (60, 20):
        with database.within(seconds):
            add(database)
    ((now,),) = query(database_url, "SELECT clock_timestamp()")
    database.dispose()

    assert 20 < (sent[0] - now).total_seconds() < 40
    assert 0 < (sent[-1] - now).total_seconds() < 20


@pytest.fixture
def task(database: Database) -> Task:
    """Give a task of Alice."""
    return add(database)


def seconds_ahead(sent: datetime, url: str) -> float:
    ((now,),) = query(url, "SELECT clock_timestamp()")
    seconds: float = (sent - now).total_seconds()
    return seconds


def test_a_clock_is_believed_for_a_minute_and_then_read_again(
    database_url: str, sent: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WHO_AND_WHEN", AT_ONCE)
    database = Database(database_url)
    monotonic = time.monotonic
    ahead = []

    for passed in (0, 59, 61):
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() + passed)  # noqa: B023
        add(database)
        ahead.append(seconds_ahead(sent[-1], database_url))

    assert [seconds > 1800 for seconds in ahead] == [True, True, False]
    database.dispose()


def test_a_clock_that_took_long_to_read_is_read_again_at_once(
    database_url: str, sent: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WHO_AND_WHEN", select(SLOWLY.c[0], SLOWLY.c[1]))
    database = Database(database_url)

    add(database)

    assert seconds_ahead(sent[-1], database_url) < 60
    database.dispose()


@pytest.fixture
def wrong(task: Task, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Give a database whose clock was set forward by an hour after its connection was opened."""
    assert task
    monkeypatch.setattr(pool, "WHO_AND_WHEN", EARLIER)
    database = Database(database_url)
    yield database
    database.dispose()


@every_write
def test_where_the_servers_clock_was_set_forward_it_is_read_again(
    wrong: Database, task: Task, write: Operation
) -> None:
    with wrong.tasks_of("alice") as tasks:
        write(tasks, task.id)

        assert all_of(tasks) != [task]


def test_of_a_task_in_another_version_that_is_said_where_the_clock_was_set(
    wrong: Database, task: Task
) -> None:
    with wrong.tasks_of("alice") as tasks:
        with pytest.raises(TaskChanged):
            tasks.toggle(task.id, versions=[task.created_at - timedelta(seconds=1)])

        assert tasks.toggle(task.id, versions=[task.updated_at]).completed


def test_where_the_clock_is_wrong_whenever_it_is_read_nothing_is_changed(
    wrong: Database, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "NOW", select(func.clock_timestamp() - text("interval '1 hour'")))
    with wrong.tasks_of("alice") as tasks:
        for write in WRITES.values():
            with pytest.raises(DatabaseUnavailable):
                write(tasks, task.id)

        assert all_of(tasks) == [task]
