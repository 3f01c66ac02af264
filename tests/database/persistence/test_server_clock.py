"""Deadlines on the clock of the server."""

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

EARLIER = select(func.pg_backend_pid(), func.clock_timestamp() - text("interval '1 hour'"))
WRITES = {name: write for name, write in ALL.items() if name not in {"get", "list"}}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())


def test_the_deadline_is_a_moment_on_the_servers_clock(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[datetime] = []
    execute = Connection.execute

    async def note(
        connection: Connection, sql: str, values: Mapping[str, Any] | None, **how: Any
    ) -> Rows:
        sent.extend(value for name, value in (values or {}).items() if name == "expires_at")
        return await execute(connection, sql, values, **how)

    monkeypatch.setattr(Connection, "execute", note)
    database = Database(database_url, request_timeout=60, statement_timeout=40)
    for seconds in (60, 20):
        with database.within(seconds), database.tasks_of("alice") as tasks:
            tasks.add(title="Buy milk", description=None)
    ((now,),) = query(database_url, "SELECT clock_timestamp()")
    database.dispose()

    assert 20 < (sent[0] - now).total_seconds() < 40
    assert 0 < (sent[-1] - now).total_seconds() < 20


@pytest.fixture
def task(database: Database) -> Task:
    """Give a task of Alice."""
    with database.tasks_of("alice") as tasks:
        return tasks.add(title="Buy milk", description=None)


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
