"""Migrating: up, down, up again, many at once, and what happens when it cannot be done."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from persistence.migrate import MigrationError, migrate, unmigrate
from persistence.readiness import expected_revision
from tests.database.migrations.catalog import description_of, tables_of
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, query
from tests.support.operations import all_of

TABLES = ("tasks", "users", "idempotency_keys", "task_lists")
MIGRATE = "import sys; from persistence.migrate import migrate; migrate(sys.argv[1])"


def test_up_down_and_up_again_ends_where_up_ended(empty_database_url: str) -> None:
    migrate(empty_database_url)
    first = [description_of(empty_database_url, table) for table in TABLES]

    unmigrate(empty_database_url)
    assert tables_of(empty_database_url) == {"tasks_alembic_version"}
    migrate(empty_database_url)

    assert [description_of(empty_database_url, table) for table in TABLES] == first


def test_migrating_twice_changes_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    with_task = Database(empty_database_url)
    with with_task.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)

    migrate(empty_database_url)

    with with_task.tasks_of("alice") as tasks:
        assert all_of(tasks) == [task]
    with_task.dispose()


def test_four_migrations_at_once_all_succeed(empty_database_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, empty_database_url]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]

    endings = [(process.communicate()[1], process.returncode) for process in processes]

    assert endings == [(b"", 0)] * 4
    assert query(empty_database_url, "SELECT version_num FROM tasks_alembic_version") == [
        (expected_revision(),)
    ]


def test_a_migration_waits_for_the_one_before_it(empty_database_url: str) -> None:
    other = psycopg2.connect(empty_database_url)
    other.cursor().execute("SELECT pg_advisory_xact_lock(7459321608115)")

    with ThreadPoolExecutor(1) as threads:
        mine = threads.submit(migrate, empty_database_url, lock_timeout=0.05)
        time.sleep(0.5)
        assert not mine.done()
        other.rollback()
        mine.result()

    assert "tasks" in tables_of(empty_database_url)
    other.close()


def test_a_migration_gives_up_on_a_table_that_stays_locked(empty_database_url: str) -> None:
    create_better_auth(empty_database_url)
    other = psycopg2.connect(empty_database_url)
    other.cursor().execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")
    before = tables_of(empty_database_url)

    started = time.monotonic()
    with pytest.raises(MigrationError, match=r"another session holds a lock .* try again"):
        migrate(empty_database_url, lock_timeout=1.5)
    waited = time.monotonic() - started

    assert 1 <= waited < 20
    assert tables_of(empty_database_url) == before
    other.close()


def test_a_migration_sets_nothing_that_outlives_it(empty_database_url: str) -> None:
    migrate(empty_database_url)

    assert query(empty_database_url, "SHOW lock_timeout") == [("0",)]
    assert query(
        empty_database_url, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
    ) == [(0,)]


def test_a_server_that_is_not_there_is_said_in_one_line_without_the_password() -> None:
    with pytest.raises(MigrationError, match="Connection refused") as failure:
        migrate("postgresql://postgres:s3cret@127.0.0.1:1/tasks")

    assert "\n" not in str(failure.value)
    assert "s3cret" not in str(failure.value)


def test_a_database_of_a_later_version_is_said_in_one_line(database_url: str) -> None:
    query(database_url, "UPDATE tasks_alembic_version SET version_num = '9999'")

    with pytest.raises(MigrationError, match="9999") as failure:
        migrate(database_url)

    assert "\n" not in str(failure.value)


def test_a_role_that_may_not_create_tables_is_said_in_one_line(database_url: str) -> None:
    query(database_url, "DROP TABLE tasks_alembic_version")
    query(database_url, "CREATE ROLE reader LOGIN PASSWORD 'x'")
    server = database_url.partition("@")[2]

    with pytest.raises(MigrationError, match="may not change the schema") as failure:
        migrate(f"postgresql://reader:x@{server}")

    assert "\n" not in str(failure.value)
    query(database_url, "DROP ROLE reader")


@pytest.mark.parametrize("url", ["mysql://localhost/tasks", "tasks.db"])
def test_a_url_that_cannot_be_used_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match="the database URL"):
        migrate(url)
