"""What is kept on a connection: prepared statements and time-outs, or nothing behind a pooler."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import pytest
from sqlalchemy import func, literal_column, select

from persistence import pool
from persistence.connection import Connection, Rows
from persistence.errors import SchemaNotReady
from persistence.models import Page
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, query, wait_until
from tests.support.operations import ALL, Operation, all_of, every_operation, titles_of

BEHIND_POOLER = select(func.pg_backend_pid() + literal_column("1"), func.clock_timestamp())
KEEPING = [operation for name, operation in ALL.items() if name != "delete"]
ISOLATIONS = ("read committed", "repeatable read", "serializable")

kinds = pytest.mark.parametrize("kind", ["direct", "pooled"])


@pytest.fixture
def database(kind: str, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Give a database over a direct connection, or as if a pooler stood in between."""
    if kind == "pooled":
        monkeypatch.setattr(pool, "WHO_AND_WHEN", BEHIND_POOLER)
    database = Database(database_url, pool_size=1)
    yield database
    database.dispose()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Connection]]:
    """Give what is sent to the server, and over which connection."""
    messages: list[tuple[str, Connection]] = []
    execute = Connection.execute

    async def note(
        connection: Connection, sql: str, values: Mapping[str, Any] | None, **how: Any
    ) -> Rows:
        messages.append((sql, connection))
        return await execute(connection, sql, values, **how)

    monkeypatch.setattr(Connection, "execute", note)
    return messages


def session(database: Database, connection: Connection, sql: str) -> Sequence[tuple[Any, ...]]:
    """Ask something of the session that the service uses."""
    return database.run(connection.execute(sql, None, deadline=float(2**62)))


@kinds
def test_statements_are_prepared_once_and_not_at_all_behind_a_pooler(
    database: Database, kind: str, sent: list[tuple[str, Connection]]
) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        for _ in range(3):
            tasks.get(task.id)

    prepared = [sql for sql, _ in sent if "PREPARE" in sql and "FROM tasks" in sql]
    executed = [sql for sql, _ in sent if sql.startswith("EXECUTE")]
    assert len(prepared) == (1 if kind == "direct" else 0)
    assert len(executed) >= (2 if kind == "direct" else 0)


@kinds
def test_nothing_is_set_behind_a_pooler_and_time_outs_otherwise(
    database: Database, kind: str, sent: list[tuple[str, Connection]]
) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        for operation in KEEPING:
            operation(tasks, task.id)

    names = session(
        database, sent[-1][1], "SELECT name FROM pg_settings WHERE source = 'session' ORDER BY 1"
    )
    statements = session(database, sent[-1][1], "SELECT name FROM pg_prepared_statements")
    if kind == "pooled":
        assert (names, statements) == ([], [])
    else:
        assert [name for (name,) in names] == [
            "default_transaction_isolation",
            "lock_timeout",
            "plan_cache_mode",
            "statement_timeout",
        ]


def wait_until_gone(url: str, backends: set[int]) -> None:
    give_up = time.monotonic() + 30
    while backends <= backends_of(url):
        assert time.monotonic() < give_up
        time.sleep(0.01)


def backends_of(url: str) -> set[int]:
    rows = query(
        url,
        """
        SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tasks-api'
        """,
    )
    return {pid for (pid,) in rows}


@kinds
@every_operation
def test_a_statement_that_was_refused_at_first_is_prepared_afterwards(
    database: Database, database_url: str, operation: Operation
) -> None:
    assert titles_of(database, "alice") == []
    query(database_url, "ALTER TABLE tasks RENAME TO elsewhere")
    try:
        with pytest.raises(SchemaNotReady), database.tasks_of("alice") as tasks:
            operation(tasks, 1)
    finally:
        query(database_url, "ALTER TABLE elsewhere RENAME TO tasks")

    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        operation(tasks, task.id)


@pytest.mark.parametrize("kind", ["direct"])  # Behind a pooler, sessions outlive connections.
@pytest.mark.own_database
def test_prepared_statements_survive_a_migration_of_the_type_of_the_ids(
    database: Database, database_url: str
) -> None:
    owner = "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11"
    with database.tasks_of(owner) as tasks:
        task = tasks.add(title="Buy milk", description=None)
        for operation in KEEPING:
            operation(tasks, task.id)
    query(
        database_url,
        """
        ALTER TABLE tasks DROP CONSTRAINT fk_tasks_user_id;
        ALTER TABLE idempotency_keys DROP CONSTRAINT fk_idempotency_keys_user_id;
        ALTER TABLE users ALTER id TYPE uuid USING id::uuid;
        ALTER TABLE tasks ALTER user_id TYPE uuid USING user_id::uuid;
        ALTER TABLE idempotency_keys ALTER user_id TYPE uuid USING user_id::uuid;
        """,
    )

    with database.tasks_of(owner) as tasks:
        for operation in KEEPING:
            operation(tasks, task.id)
        assert len(all_of(tasks)) == 4


@kinds
@pytest.mark.own_database
@pytest.mark.parametrize("isolation", ISOLATIONS)
def test_no_write_fails_because_of_another_whatever_the_isolation_of_the_role(
    database: Database, database_url: str, isolation: str
) -> None:
    ((name,),) = query(database_url, "SELECT current_database()")
    query(database_url, f"ALTER DATABASE {name} SET default_transaction_isolation TO '{isolation}'")
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        blocker = psycopg2.connect(database_url)
        blocker.cursor().execute("UPDATE tasks SET title = 'Buy oats'")

        with ThreadPoolExecutor(1) as other:
            toggled = other.submit(tasks.toggle, task.id)
            wait_until(database_url, "wait_event_type = 'Lock'")
            blocker.commit()

            assert toggled.result().title == "Buy oats"
    assert database.pool_state.retries == 0
    blocker.close()


SETTINGS = [
    ("standard_conforming_strings", "off"),
    ("DateStyle", "German"),
    ("IntervalStyle", "sql_standard"),
    ("TimeZone", "Asia/Kathmandu"),
    ("bytea_output", "escape"),
    ("transform_null_equals", "on"),
    ("array_nulls", "off"),
    ("client_encoding", "LATIN1"),
    ("default_transaction_deferrable", "on"),
    ("quote_all_identifiers", "on"),
]


@kinds
@pytest.mark.own_database
@pytest.mark.parametrize(("parameter", "value"), SETTINGS)
def test_no_setting_of_the_database_changes_what_is_read(
    database: Database, database_url: str, parameter: str, value: str
) -> None:
    configure(database_url, parameter, value)
    title = "Back\\slash, \"quotes\" and 'others' ü 🥛"

    with database.tasks_of("alice") as tasks:
        task = tasks.add(title=title, description=None, idempotency_key="k\\")
        again = tasks.add(title=title, description=None, idempotency_key="k\\")
        flipped = tasks.toggle(task.id, versions=[task.updated_at])
        replaced = tasks.replace(task.id, title=title, description="\\x41")
        page = tasks.page(Page(limit=1))

        assert (task.title, again) == (title, task)
        assert flipped.completed
        assert all_of(tasks) == [replaced] == [tasks.get(task.id)]
        assert page.array == tasks.list().array
