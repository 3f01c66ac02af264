"""Transactions, the pool, and what the database says of itself."""

import time

import psycopg2
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from persistence.engine import Database
from persistence.errors import DatabaseUnavailable
from persistence.schema import expected_revision
from tests.database import query

NOWHERE = "postgresql://postgres:s3cret@127.0.0.1:1/tasks"


def test_a_block_that_ends_is_committed(database: Database, database_url: str) -> None:
    with database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)
        assert query(database_url, "SELECT count(*) FROM tasks") == [(0,)]

    assert query(database_url, "SELECT count(*) FROM tasks") == [(1,)]


def test_a_block_that_fails_leaves_nothing_behind(database: Database, database_url: str) -> None:
    with pytest.raises(KeyError), database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)
        raise KeyError

    assert query(database_url, "SELECT count(*) FROM tasks") == [(0,)]
    assert query(database_url, "SELECT count(*) FROM users") == [(0,)]


def test_nothing_connects_before_the_first_use() -> None:
    database = Database(NOWHERE)

    with pytest.raises(DatabaseUnavailable):
        database.revision()


def test_a_pool_that_is_exhausted_is_waited_for_no_longer_than_agreed(database_url: str) -> None:
    database = Database(database_url, pool_size=1, pool_timeout=0.2)

    with database.tasks_of("alice") as tasks:
        tasks.list()
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable), database.tasks_of("bob"):
            pass
        waited = time.monotonic() - started

    assert 0.2 <= waited < 1
    database.dispose()


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
        tasks.list()
        names = query(database_url, "SELECT application_name FROM pg_stat_activity")

    assert ("elsewhere",) in names
    database.dispose()


def test_nothing_is_set_on_a_connection_that_goes_back_to_the_pool(database: Database) -> None:
    # Behind a pooler in transaction mode, what a session sets reaches other clients.
    settings = []

    def look(connection: psycopg2.extensions.connection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT name FROM pg_settings WHERE source = 'session'")
        settings.append(cursor.fetchall())

    event.listen(Pool, "checkin", look)
    with database.tasks_of("alice") as tasks:
        tasks.add(title="Buy milk", description=None)
    event.remove(Pool, "checkin", look)

    assert settings == [[]]


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
