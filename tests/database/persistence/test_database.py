"""Transactions, the pool, and what the database says of itself."""

import time
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
from psycopg2 import IntegrityError

from persistence.errors import DatabaseUnavailable, SchemaNotReady
from persistence.readiness import expected_revision
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, query, wait_until
from tests.support.operations import all_of, titles_of

NOWHERE = "postgresql://postgres:s3cret@127.0.0.1:1/tasks"


@pytest.mark.requirement("NF-005")
def test_what_an_operation_did_is_committed_when_it_returns(
    database: Database, database_url: str
) -> None:
    with database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)

        assert query(database_url, "SELECT count(*) FROM tasks") == [(1,)]


@pytest.mark.requirement("NF-005")
def test_an_operation_that_fails_changes_nothing(database: Database, database_url: str) -> None:
    with pytest.raises(IntegrityError), database.tasks_of("alice") as tasks:
        tasks.add(title=" ", description=None)

    assert query(database_url, "SELECT count(*) FROM tasks") == [(0,)]


def test_nothing_connects_before_the_first_use() -> None:
    database = Database(NOWHERE)

    with pytest.raises(DatabaseUnavailable):
        database.revision()


@pytest.mark.requirement("NF-008")
def test_a_pool_that_is_exhausted_is_waited_for_no_longer_than_agreed(database_url: str) -> None:
    database = Database(
        database_url, pool_size=1, pool_timeout=1.5, lock_timeout=60, statement_timeout=60
    )
    database.revision()
    blocker = psycopg2.connect(database_url)
    blocker.cursor().execute("LOCK TABLE tasks")
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(titles_of, database, "alice")
        wait_until(database_url, "wait_event_type = 'Lock'")
        started = time.monotonic()

        with pytest.raises(DatabaseUnavailable):
            titles_of(database, "bob")

        assert 1 <= time.monotonic() - started < 20
        assert not waiting.done()
        blocker.close()
        assert waiting.result() == []
    database.dispose()


@pytest.mark.own_database
def test_disposing_closes_the_idle_connections(database: Database, database_url: str) -> None:
    ours = """
        SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'tasks-api'
    """
    database.revision()
    assert query(database_url, ours) == [(1,)]

    database.dispose()

    while query(database_url, ours) != [(0,)]:
        time.sleep(0.01)


def test_the_url_comes_before_our_defaults(database_url: str) -> None:
    database = Database(f"{database_url}?application_name=elsewhere")

    with database.tasks_of("alice") as tasks:
        all_of(tasks)
        names = query(database_url, "SELECT application_name FROM pg_stat_activity")

    assert ("elsewhere",) in names
    database.dispose()


@pytest.mark.own_database
def test_text_is_in_utf_8_whatever_the_database_has_for_other_clients(
    database: Database, database_url: str
) -> None:
    configure(database_url, "client_encoding", "LATIN1")

    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Grüße 👋", description=None)

        assert task.title == "Grüße 👋"
        assert all_of(tasks) == [task]


@pytest.mark.own_database
def test_a_later_revision_is_ready_and_an_earlier_one_is_not(
    database: Database, database_url: str
) -> None:
    query(database_url, "UPDATE tasks_alembic_version SET version_num = '9999'")
    assert database.ready_age(ask=True) >= 0

    query(database_url, "UPDATE tasks_alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaNotReady):
        database.ready_age(ask=True)


def test_the_revision_is_that_of_the_newest_migration(database: Database) -> None:
    assert database.revision() == expected_revision()


def test_a_database_without_migrations_has_no_revision(empty_database_url: str) -> None:
    database = Database(empty_database_url)

    assert database.revision() is None

    database.dispose()


@pytest.mark.parametrize("url", ["mysql://localhost/tasks", "postgresql://h/d?pgbouncer=true"])
def test_a_url_that_cannot_be_used_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match="the database URL"):
        Database(url)


def test_a_way_of_provisioning_that_does_not_exist_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="sometimes"):
        Database(NOWHERE, user_provisioning="sometimes")
