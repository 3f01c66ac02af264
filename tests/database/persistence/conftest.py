"""What the tests of the repository have in common."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from persistence.connection import Connection, Rows
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import new_database, query


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark of tests known that change more than rows."""
    config.addinivalue_line("markers", "own_database: gets a database that no other test uses")


@pytest.fixture(scope="session")
def shared_database_url(postgres: str, migrated_template: str) -> Iterator[str]:
    """Give the URL of a migrated database for all tests that change nothing but rows."""
    with new_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, postgres: str, migrated_template: str, shared_database_url: str
) -> Iterator[str]:
    """Give the URL of a migrated database with a stand-in for the users, and no row in it."""
    if request.node.get_closest_marker("own_database"):
        with new_database(postgres, template=migrated_template) as url:
            yield url
    else:
        yield shared_database_url
        query(shared_database_url, "TRUNCATE tasks, idempotency_keys, users RESTART IDENTITY")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a migrated database whose users are our stand-in."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def add_task(database: Database) -> Callable[..., Task]:
    """Give a function that stores a task of the given owner in a transaction of its own."""

    def add(owner: str = "alice", title: str = "Buy milk", description: str | None = None) -> Task:
        with database.tasks_of(owner) as tasks:
            return tasks.add(title=title, description=description)

    return add


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the statements that are sent, but for the question that a new connection begins with."""
    statements: list[str] = []
    execute = Connection.execute

    async def note(
        connection: Connection, sql: str, values: Mapping[str, Any] | None, **how: Any
    ) -> Rows:
        if "pg_backend_pid" not in sql:
            statements.append(sql)
        return await execute(connection, sql, values, **how)

    monkeypatch.setattr(Connection, "execute", note)
    return statements
