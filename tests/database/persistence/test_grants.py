"""`deploy/grants.sql`: the role of the service has the rights that it needs, and no more."""

from collections.abc import Iterator

import psycopg2
import pytest

from persistence.migrate import migrate
from persistence.rights import RIGHTS
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, query
from tests.support.grants import grant, of_the_service
from tests.support.operations import Operation, every_operation

EXPECTED = {table: set(rights) for table, rights in RIGHTS.items()}


def rights_in(url: str) -> dict[str, set[str]]:
    """Return the rights of the role, by table."""
    rows = query(
        url,
        "SELECT table_name, array_agg(privilege_type::text) "
        "FROM information_schema.table_privileges "
        "WHERE grantee = 'tasks_service' GROUP BY table_name",
    )
    return {table: set(rights) for table, rights in rows}


def remove_the_role(url: str) -> None:
    """Drop the role, which all databases of the server share."""
    query(url, "DROP OWNED BY tasks_service; DROP ROLE tasks_service")


@pytest.fixture
def granted(database_url: str) -> Iterator[str]:
    """Give the URL of the service, after the file was run twice."""
    grant(database_url)
    grant(database_url)
    yield of_the_service(database_url)
    remove_the_role(database_url)


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


@pytest.mark.parametrize("users_table", ["user", "auth.user", '"user"', "auth.Our users"])
def test_the_table_of_users_is_named_as_in_the_setting(
    empty_database_url: str, users_table: str
) -> None:
    schema, _, name = users_table.replace('"', "").rpartition(".")
    query(empty_database_url, "CREATE SCHEMA auth")
    create_better_auth(empty_database_url, users_table=name)
    if schema:
        query(empty_database_url, f'ALTER TABLE "{name}" SET SCHEMA {schema}')
    migrate(empty_database_url, users_table=users_table.replace('"', ""))

    grant(empty_database_url, users_table=users_table)

    count = f'SELECT count(*) FROM {schema or "public"}."{name}"'
    assert rights_in(empty_database_url) == EXPECTED | {name: {"SELECT"}}
    assert query(of_the_service(empty_database_url), count) == [(0,)]
    remove_the_role(empty_database_url)


def test_the_role_may_add_users_to_better_auths_table_if_the_service_is_to(
    empty_database_url: str,
) -> None:
    create_better_auth(empty_database_url)
    migrate(empty_database_url)

    grant(empty_database_url, user_provisioning="create")

    assert rights_in(empty_database_url)["users"] == {"SELECT", "INSERT"}
    remove_the_role(empty_database_url)


def test_the_role_adds_no_user_if_the_service_is_not_to(database_url: str) -> None:
    grant(database_url, user_provisioning="require")

    assert rights_in(database_url)["users"] == {"SELECT"}
    remove_the_role(database_url)


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
