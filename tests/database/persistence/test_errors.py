"""What real failures of a real database are turned into."""

from pathlib import Path
from traceback import format_exception
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2 import IntegrityError

from persistence.errors import (
    DatabaseUnavailable,
    PersistenceError,
    SchemaNotReady,
    translated,
)
from tasks_api.dev.local_postgres import LocalPostgres
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, query
from tests.support.operations import Operation, every_operation


def refusal_of(database: Database) -> PersistenceError:
    """Give what adding a task raises."""
    with pytest.raises(PersistenceError) as refusal, database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)
    return refusal.value


@pytest.mark.requirement("FR-039")
@every_operation
def test_a_server_that_is_not_there_is_unavailable(operation: Operation) -> None:
    database = Database("postgresql://postgres:s3cret@127.0.0.1:1/tasks")

    with pytest.raises(DatabaseUnavailable) as refusal, database.tasks_of("alice") as tasks:
        operation(tasks, 1)

    assert "s3cret" not in str(refusal.value)


@pytest.mark.requirement("NF-006")
def test_a_server_that_stops_is_unavailable_until_it_is_back(tmp_path: Path) -> None:
    with LocalPostgres(tmp_path, fsync=False) as server:
        url = server.url
        port = int(url.rpartition(":")[2].partition("/")[0])
        database = Database(url)
        assert database.revision() is None

    with pytest.raises(DatabaseUnavailable):
        database.revision()

    with LocalPostgres(tmp_path, port=port, fsync=False):
        assert database.revision() is None
        database.dispose()


def test_a_connection_that_the_driver_gives_up_is_unavailable_whatever_it_says_of_it() -> None:
    silence = psycopg2.DatabaseError("error with status PGRES_TUPLES_OK and no message from libpq")

    assert type(translated(silence, is_lost=True)) is DatabaseUnavailable
    assert translated(silence, is_lost=False) is silence


@pytest.mark.parametrize(
    ("database", "reason"),
    [("tasks", "password authentication failed"), ("nowhere", 'database "nowhere" does not exist')],
)
def test_the_reason_is_there_for_an_operator(database_url: str, database: str, reason: str) -> None:
    url = urlsplit(database_url)._replace(path=f"/{database}")
    if database == "tasks":
        url = url._replace(netloc=f"{url.username}:wr0ng@{url.hostname}:{url.port}")

    refusal = refusal_of(Database(url.geturl()))

    assert type(refusal) is DatabaseUnavailable
    assert reason in str(refusal)
    assert "wr0ng" not in str(refusal)


@pytest.mark.own_database
def test_a_read_only_database_is_unavailable(database: Database, database_url: str) -> None:
    configure(database_url, "default_transaction_read_only", "on")

    refusal = refusal_of(database)

    assert type(refusal) is DatabaseUnavailable
    assert refusal.sqlstate == "25006"


@pytest.mark.parametrize(
    ("limits", "sqlstate"),
    [
        ({"lock_timeout": 0.1}, "55P03"),
        ({"lock_timeout": 0.0001}, "55P03"),  # PostgreSQL takes 0 ms for no time-out.
        ({"lock_timeout": 9.0, "statement_timeout": 0.1}, "57014"),
    ],
)
def test_a_statement_that_waits_too_long_is_unavailable(
    database_url: str, limits: dict[str, float], sqlstate: str
) -> None:
    database = Database(database_url, **limits)
    with psycopg2.connect(database_url) as blocker:
        blocker.cursor().execute("LOCK TABLE tasks")

        refusal = refusal_of(database)

    assert type(refusal) is DatabaseUnavailable
    assert refusal.sqlstate == sqlstate
    blocker.close()
    database.dispose()


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("SELECT repeat('x', 2000000000)", "54000"),
        ("SELECT convert_to(chr(129371), 'LATIN1')", "22P05"),
    ],
)
def test_what_is_beyond_the_limits_of_the_database_is_unavailable(
    database_url: str, statement: str, sqlstate: str
) -> None:
    with pytest.raises(psycopg2.Error) as failure:
        query(database_url, statement)

    refusal = translated(failure.value, is_lost=False)

    assert (type(refusal), str(refusal)) == (DatabaseUnavailable, f"SQLSTATE {sqlstate}")


def test_a_system_error_beneath_the_database_is_unavailable(database_url: str) -> None:
    with pytest.raises(psycopg2.Error) as failure:
        query(database_url, "SELECT pg_read_file('/nowhere')")

    refusal = translated(failure.value, is_lost=False)

    assert (type(refusal), str(refusal)) == (DatabaseUnavailable, "SQLSTATE 58P01")


def test_asking_for_the_revision_does_not_wait_without_an_end(database_url: str) -> None:
    database = Database(database_url, lock_timeout=0.1)
    blocker = psycopg2.connect(database_url)
    blocker.cursor().execute("LOCK TABLE tasks_alembic_version")

    with pytest.raises(DatabaseUnavailable):
        database.revision()

    blocker.close()
    database.dispose()


def test_too_many_connections_are_unavailable(database_url: str) -> None:
    query(database_url, "CREATE ROLE narrow LOGIN PASSWORD 'x' CONNECTION LIMIT 0")
    server = database_url.partition("@")[2]
    database = Database(f"postgresql://narrow:x@{server}")

    refusal = refusal_of(database)

    assert type(refusal) is DatabaseUnavailable
    query(database_url, "DROP ROLE narrow")


@pytest.mark.requirement("NF-005")
@pytest.mark.own_database
@pytest.mark.parametrize(
    ("sqlstate", "name"), [("40001", "serialization"), ("40P01", "deadlock"), ("53100", "disk")]
)
def test_a_refusal_at_the_commit_counts_too(
    database: Database, database_url: str, sqlstate: str, name: str
) -> None:
    _fail_at_commit(database_url, sqlstate, name)

    refusal = refusal_of(database)

    assert type(refusal) is DatabaseUnavailable
    assert refusal.sqlstate == sqlstate
    assert query(database_url, "SELECT count(*) FROM tasks") == [(0,)]


@pytest.mark.own_database
@pytest.mark.parametrize(
    "statement", ["DROP TABLE tasks", "ALTER TABLE tasks DROP completed CASCADE"]
)
def test_a_schema_that_lacks_something_is_not_ready(
    database: Database, database_url: str, statement: str
) -> None:
    query(database_url, statement)

    assert type(refusal_of(database)) is SchemaNotReady


def test_a_database_without_migrations_is_not_ready(empty_database_url: str) -> None:
    database = Database(empty_database_url)

    assert type(refusal_of(database)) is SchemaNotReady

    database.dispose()


@pytest.mark.own_database
def test_what_is_no_refusal_but_a_bug_propagates_unchanged(
    database: Database, database_url: str
) -> None:
    with pytest.raises(IntegrityError), database.tasks_of("alice") as tasks:
        tasks.add(title=" ", description=None)
    _fail_at_commit(database_url, "XX000", "bug")
    with pytest.raises(psycopg2.Error), database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)


@pytest.mark.requirement("NF-003")
@pytest.mark.own_database
def test_no_refusal_shows_sql_or_a_value(database: Database, database_url: str) -> None:
    query(database_url, "DROP TABLE tasks")

    refusal = refusal_of(database)

    assert str(refusal) == "SQLSTATE 42P01"


@pytest.mark.requirement("NF-007")
@pytest.mark.parametrize(
    ("title", "description"), [(" ", "s3cret"), ("s3cret", "x" * 65_537), ("s3cret" * 100, None)]
)
def test_a_traceback_shows_no_value(
    database: Database, title: str, description: str | None
) -> None:
    with pytest.raises(IntegrityError) as failure, database.tasks_of("alice") as tasks:
        tasks.add(title=title, description=description)

    traceback = "".join(format_exception(failure.value))

    assert "ck_tasks" in traceback
    assert "s3cret" not in traceback


def _fail_at_commit(url: str, sqlstate: str, message: str) -> None:
    query(
        url,
        f"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = '{sqlstate}'; END $$;
        CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON tasks
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail();
        """,
    )
