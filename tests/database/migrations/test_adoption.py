"""Databases that have a revision or tables of another program, or of an earlier version."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from persistence.migrate import MigrationError, migrate
from persistence.readiness import expected_revision
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query
from tests.support.grants import grant_as_documented, of_the_service
from tests.support.operations import all_of
from tests.support.paths import ROOT

DOCUMENT = (ROOT / "docs" / "adoption.md").read_text(encoding="utf-8")
RENAME, COPY, SCHEMA, SEARCH_PATH, DROP = re.findall(r"```sql\n(.*?)```", DOCUMENT, re.DOTALL)
GRANT, GRANT_BOTH = re.findall(r"^ {4}(psql .+)$", DOCUMENT, re.MULTILINE)

# As SQLModel creates it for `class Task(SQLModel, table=True)`.
EARLIER_BACKEND = """
    CREATE TABLE users (id text PRIMARY KEY, email text, name text);
    INSERT INTO users VALUES ('alice'), ('bob');
    CREATE TABLE tasks (
        id serial PRIMARY KEY, user_id varchar NOT NULL, title varchar NOT NULL,
        description varchar, completed boolean NOT NULL,
        created_at timestamp NOT NULL, updated_at timestamp NOT NULL
    );
    CREATE INDEX ix_tasks_user_id ON tasks (user_id);
    INSERT INTO tasks (user_id, title, description, completed, created_at, updated_at) VALUES
        ('alice', 'Buy milk', NULL, false, '2026-01-31 09:30', '2026-01-31 09:30'),
        ('alice', 'Call', 'the dentist', true, '2026-01-31 10:00', '2026-01-31 09:00'),
        ('alice', '   ', NULL, false, '2026-01-31 11:00', '2026-01-31 11:00'),
        ('carol', 'Is not there', NULL, false, '2026-01-31 11:00', '2026-01-31 11:00');
"""


def revision_of(url: str, table: str = "tasks_alembic_version") -> Sequence[tuple[Any, ...]]:
    return query(url, f"SELECT version_num FROM {table}")


@pytest.fixture
def with_an_earlier_backend(empty_database_url: str) -> Iterator[str]:
    """Give the URL of a database with tables of an earlier backend; remove our role afterwards."""
    query(empty_database_url, EARLIER_BACKEND)
    yield empty_database_url
    query(empty_database_url, "DROP OWNED BY tasks_service; DROP ROLE tasks_service")


@pytest.fixture
def of_version_0_1(empty_database_url: str) -> str:
    """Give the URL of a database as version 0.1 leaves it."""
    migrate(empty_database_url, revision="0002")
    query(
        empty_database_url,
        "ALTER TABLE tasks_alembic_version RENAME TO alembic_version; "
        "ALTER INDEX tasks_alembic_version_pkc RENAME TO alembic_version_pkc",
    )
    return empty_database_url


def test_the_revision_of_an_earlier_version_is_copied(of_version_0_1: str) -> None:
    migrate(of_version_0_1)

    assert revision_of(of_version_0_1) == [(expected_revision(),)]
    assert revision_of(of_version_0_1, "alembic_version") == [("0002",)]


def test_roles_that_read_the_tasks_read_their_revision(of_version_0_1: str) -> None:
    query(of_version_0_1, 'CREATE ROLE "Reads tasks"; GRANT SELECT ON tasks TO "Reads tasks"')

    migrate(of_version_0_1)

    rights = "SELECT has_table_privilege('Reads tasks', 'tasks_alembic_version', 'SELECT')"
    assert query(of_version_0_1, rights) == [(True,)]
    query(of_version_0_1, 'DROP OWNED BY "Reads tasks"; DROP ROLE "Reads tasks"')


@pytest.mark.parametrize("revision", ["0001", "0004", "9999", "ae1027a6acf"])
def test_a_revision_of_another_program_is_left_alone(
    empty_database_url: str, revision: str
) -> None:
    query(
        empty_database_url,
        f"CREATE TABLE alembic_version (version_num text); "
        f"INSERT INTO alembic_version VALUES ('{revision}')",
    )

    migrate(empty_database_url)

    assert revision_of(empty_database_url, "alembic_version") == [(revision,)]
    assert revision_of(empty_database_url) == [(expected_revision(),)]


def test_a_revision_alone_is_no_schema(empty_database_url: str) -> None:
    migrate(empty_database_url)
    database = Database(empty_database_url)
    before = database.revision()

    query(empty_database_url, "DROP TABLE idempotency_keys")

    assert (before, database.revision()) == (expected_revision(), None)
    database.dispose()


def test_tables_of_another_program_stop_the_migration_in_one_line(empty_database_url: str) -> None:
    query(empty_database_url, EARLIER_BACKEND)

    with pytest.raises(MigrationError, match=r'another program .*adoption\.md.* "tasks"'):
        migrate(empty_database_url)


def test_the_tasks_of_an_earlier_backend_are_taken_over_as_documented(
    with_an_earlier_backend: str,
) -> None:
    query(with_an_earlier_backend, RENAME)
    migrate(with_an_earlier_backend)
    query(with_an_earlier_backend, COPY)
    grant_as_documented(GRANT, with_an_earlier_backend)

    database = Database(of_the_service(with_an_earlier_backend))
    with database.tasks_of("alice") as tasks:
        found = all_of(tasks)
    assert [(task.title, task.description, task.completed) for task in found] == [
        ("Call", "the dentist", True),
        ("Buy milk", None, False),
    ]
    assert found[1].created_at.isoformat() == "2026-01-31T09:30:00+00:00"
    assert query(with_an_earlier_backend, "SELECT count(*) FROM tasks") == [(2,)]
    database.dispose()


def test_both_are_kept_as_documented(with_an_earlier_backend: str) -> None:
    name = query(with_an_earlier_backend, "SELECT current_database()")[0][0]
    query(with_an_earlier_backend, in_place(SCHEMA, name))
    migrate(with_an_earlier_backend, users_table="public.users")
    grant_as_documented(GRANT_BOTH.replace("public.user", "public.users"), with_an_earlier_backend)
    query(with_an_earlier_backend, in_place(SEARCH_PATH, name))

    database = Database(of_the_service(with_an_earlier_backend), users_table="public.users")
    assert database.revision() == expected_revision()
    with database.tasks_of("alice") as tasks:
        tasks.add(title="New", description=None)
        assert [task.title for task in all_of(tasks)] == ["New"]
    assert query(with_an_earlier_backend, "SELECT count(*) FROM public.tasks") == [(4,)]
    database.dispose()


def in_place(statements: str, database: str) -> str:
    """Return statements of the page with the names of this server."""
    return statements.replace("your_owner", "postgres").replace("your_database", f'"{database}"')


def test_the_earlier_table_of_revisions_can_be_dropped(of_version_0_1: str) -> None:
    migrate(of_version_0_1)

    query(of_version_0_1, DROP)

    database = Database(of_version_0_1)
    assert database.revision() == expected_revision()
    database.dispose()
