"""Better Auth's tables are left as they are, and a table of users is made only where none is."""

import pytest

from persistence.migrate import MigrationError, migrate, unmigrate
from persistence.users_table import STAND_IN_MARK
from tests.database.migrations.catalog import description_of, tables_of
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import create_better_auth, query, sign_up
from tests.support.operations import all_of

UUID = "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11"
BETTER_AUTHS = {"session", "account", "verification", "jwks"}


@pytest.mark.parametrize("users_table", ["users", "user"])
def test_nothing_of_better_auths_is_changed_by_up_or_down(
    empty_database_url: str, users_table: str
) -> None:
    create_better_auth(empty_database_url, users_table=users_table)
    sign_up(empty_database_url, "yT4kq", users_table=users_table)
    tables = tables_of(empty_database_url)
    before = [description_of(empty_database_url, table) for table in sorted(tables)]

    migrate(empty_database_url, users_table=users_table)
    after_up = [description_of(empty_database_url, table) for table in sorted(tables)]
    unmigrate(empty_database_url, users_table=users_table)
    after_down = [description_of(empty_database_url, table) for table in sorted(tables)]

    assert before == after_up == after_down
    assert tables_of(empty_database_url) == tables | {"tasks_alembic_version"}
    assert query(empty_database_url, f'SELECT id FROM "{users_table}"') == [("yT4kq",)]


@pytest.mark.requirement("FR-032")
def test_a_user_takes_the_tasks_along(empty_database_url: str) -> None:
    create_better_auth(empty_database_url, id_type="uuid")
    sign_up(empty_database_url, UUID)
    migrate(empty_database_url)
    query(empty_database_url, "INSERT INTO tasks (user_id, title) VALUES (%s, 'x')", UUID)

    query(empty_database_url, "DELETE FROM users")

    assert query(empty_database_url, "SELECT count(*) FROM tasks") == [(0,)]


def test_where_there_are_no_users_a_stand_in_is_made_and_marked(empty_database_url: str) -> None:
    migrate(empty_database_url)

    table, columns, *_ = description_of(empty_database_url, "users")

    assert isinstance(table, list)
    assert table[0][-1] == STAND_IN_MARK
    assert isinstance(columns, list)
    assert [column[:3] for column in columns] == [
        ("id", "text", True),
        ("email", "text", False),
        ("name", "text", False),
        ("created_at", "timestamp with time zone", True),
    ]


@pytest.mark.parametrize("made", ["user", "auth.user", "auth.users"])
def test_no_stand_in_is_made_where_better_auths_users_have_another_name(
    empty_database_url: str, made: str
) -> None:
    schema, _, name = made.rpartition(".")
    query(empty_database_url, f"CREATE SCHEMA IF NOT EXISTS {schema or 'public'}")
    create_better_auth(empty_database_url, users_table=name)
    if schema:
        query(empty_database_url, f'ALTER TABLE "{name}" SET SCHEMA {schema}')
    before = tables_of(empty_database_url)

    with pytest.raises(MigrationError, match=f"set USERS_TABLE={made};"):
        migrate(empty_database_url)

    assert tables_of(empty_database_url) == before


def test_another_table_called_user_is_no_reason_to_stop(empty_database_url: str) -> None:
    query(empty_database_url, 'CREATE TABLE "user" (id text PRIMARY KEY, name text, email text)')

    assert migrate(empty_database_url) is None


def test_a_stand_in_that_better_auth_has_adopted_survives(empty_database_url: str) -> None:
    migrate(empty_database_url)
    query(empty_database_url, 'ALTER TABLE users ADD "emailVerified" boolean NOT NULL')
    sign_up(empty_database_url, "yT4kq")
    before = description_of(empty_database_url, "users")

    unmigrate(empty_database_url)
    after_down = description_of(empty_database_url, "users")
    migrate(empty_database_url)

    assert before == after_down == description_of(empty_database_url, "users")
    database = Database(empty_database_url)
    with database.tasks_of("yT4kq") as tasks:
        assert all_of(tasks) == []
    database.dispose()


def test_a_table_of_users_that_is_not_marked_survives(empty_database_url: str) -> None:
    query(
        empty_database_url,
        "CREATE TABLE users (id text PRIMARY KEY, email text, name text, created_at timestamptz)",
    )
    migrate(empty_database_url)

    unmigrate(empty_database_url)

    assert "users" in tables_of(empty_database_url)


@pytest.mark.parametrize(
    ("users", "reason"),
    [
        ("CREATE TABLE users (id numeric PRIMARY KEY)", "of type NUMERIC"),
        ("CREATE TABLE users (id smallint PRIMARY KEY)", "of type SMALLINT"),
        ("CREATE TABLE users (uid text PRIMARY KEY)", "is missing"),
        ("CREATE TABLE users (id text)", "primary key or unique"),
        ("CREATE VIEW users AS SELECT 'alice' AS id", "is not a table"),
    ],
)
def test_users_without_a_usable_id_are_refused_in_one_line(
    empty_database_url: str, users: str, reason: str
) -> None:
    query(empty_database_url, users)

    with pytest.raises(MigrationError, match=reason) as failure:
        migrate(empty_database_url)

    assert "\n" not in str(failure.value)
    assert tables_of(empty_database_url) == {"users"}


def test_a_schema_that_does_not_exist_is_refused_in_one_line(empty_database_url: str) -> None:
    with pytest.raises(MigrationError, match='schema "auth" does not exist') as failure:
        migrate(empty_database_url, users_table="auth.user")

    assert "\n" not in str(failure.value)


def test_users_of_another_schema_are_used_where_they_are(empty_database_url: str) -> None:
    query(empty_database_url, "CREATE SCHEMA auth; CREATE TABLE auth.user (id uuid PRIMARY KEY)")

    migrate(empty_database_url, users_table="auth.user")
    unmigrate(empty_database_url, users_table="auth.user")

    assert tables_of(empty_database_url) == {'auth."user"', "tasks_alembic_version"}
