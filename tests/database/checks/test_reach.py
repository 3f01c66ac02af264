"""A database that cannot be reached, and why."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from persistence.migrate import MigrationError, migrate
from persistence.rights import RIGHTS
from tests.database.checks.conftest import Check
from tests.support.database import name_of, query
from tests.support.service import free_port


def with_login(url: str, user: str, password: str) -> str:
    """Give the URL for another role."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.hostname}:{parts.port}"))


@contextmanager
def role(url: str, name: str, options: str = "") -> Iterator[str]:
    """Give the URL for a new role, which is there until the end."""
    query(url, f"CREATE ROLE {name} LOGIN PASSWORD 'pa55word' {options}")
    try:
        yield with_login(url, name, "pa55word")
    finally:
        query(url, f"DROP ROLE {name}")


def test_nobody_listening_is_told(check: Check) -> None:
    found = check(DATABASE_URL=f"postgresql://alice:pa55word@127.0.0.1:{free_port()}/tasks")

    assert list(found) == ["database-unreachable"]
    assert (
        found["database-unreachable"]["message"] == "DATABASE_URL (127.0.0.1): Connection refused"
    )


def test_a_host_without_an_address_is_told(check: Check) -> None:
    url = "postgresql://alice:pa55word@nowhere.invalid/tasks?sslmode=require"

    assert list(check(DATABASE_URL=url)) == ["database-unreachable"]


def test_a_wrong_password_is_told(check: Check, database_url: str) -> None:
    assert list(check(DATABASE_URL=with_login(database_url, "postgres", "pa55word"))) == [
        "database-rejected"
    ]


def test_tls_that_the_server_does_not_have_is_told(check: Check, database_url: str) -> None:
    assert list(check(DATABASE_URL=f"{database_url}?sslmode=require")) == ["database-tls-missing"]


def test_a_database_that_does_not_exist_is_told(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=f"{database_url}_and_more")

    assert list(found) == ["database-rejected"]
    assert f'database "{name_of(database_url)}_and_more" does not exist' in str(found)


def test_a_role_without_a_connection_left_is_told(check: Check, database_url: str) -> None:
    with role(database_url, "crowded", "CONNECTION LIMIT 0") as url:
        found = check(DATABASE_URL=url)

    assert list(found) == ["database-rejected"]


def test_a_role_without_rights_is_told(check: Check, database_url: str) -> None:
    with role(database_url, "nosy") as url:
        found = check(DATABASE_URL=url)

    assert list(found) == ["database-rights"]
    assert "SELECT on tasks_alembic_version" in found["database-rights"]["message"]


@pytest.mark.parametrize("right", ["INSERT ON tasks", "UPDATE ON idempotency_keys"])
def test_a_right_that_is_missing_is_named(check: Check, database_url: str, right: str) -> None:
    with role(database_url, "curious") as url:
        for table, rights in RIGHTS.items():
            query(database_url, f"GRANT {', '.join(rights)} ON {table} TO curious")
        query(
            database_url, f"GRANT SELECT, INSERT ON users TO curious; REVOKE {right} FROM curious"
        )
        found = check(DATABASE_URL=url)
        query(database_url, "DROP OWNED BY curious")

    assert list(found) == ["database-rights"]
    assert found["database-rights"]["message"].endswith(f"lacks {right.replace('ON', 'on')}")


@pytest.mark.parametrize("table", ["tasks", "users"])
def test_row_level_security_is_told_unless_a_policy_lets_the_role_do_everything(
    check: Check, database_url: str, table: str
) -> None:
    with role(database_url, "curious") as url:
        for each, rights in {**RIGHTS, "users": ["SELECT", "INSERT"]}.items():
            query(database_url, f"GRANT {', '.join(rights)} ON {each} TO curious")
        query(database_url, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        refused = check(DATABASE_URL=url)
        query(database_url, f"CREATE POLICY theirs ON {table} TO curious USING (user = 'alice')")
        hidden = check(DATABASE_URL=url)
        query(database_url, f"CREATE POLICY everything ON {table} TO curious USING (true)")
        open_to_it = check(DATABASE_URL=url)
        query(database_url, "DROP OWNED BY curious")

    assert list(refused) == list(hidden) == ["database-row-security"]
    assert refused["database-row-security"]["message"].endswith(f"of DATABASE_URL in {table}")
    assert open_to_it == {}


def test_a_role_that_adds_users_needs_the_right_to(check: Check, database_url: str) -> None:
    with role(database_url, "curious") as url:
        for table, rights in {**RIGHTS, "users": ["SELECT"]}.items():
            query(database_url, f"GRANT {', '.join(rights)} ON {table} TO curious")
        missing = check(DATABASE_URL=url)
        enough = check(DATABASE_URL=url, USER_PROVISIONING="require")
        query(database_url, "DROP OWNED BY curious")

    assert missing["database-rights"]["message"].endswith("lacks INSERT on users")
    assert "database-rights" not in enough


def test_a_schema_that_the_role_may_not_use_is_named(check: Check, database_url: str) -> None:
    query(database_url, "REVOKE USAGE ON SCHEMA public FROM PUBLIC")
    with role(database_url, "outsider") as url:
        found = check(DATABASE_URL=url)

    assert list(found) == ["database-rights"]
    assert found["database-rights"]["message"].endswith("lacks USAGE on schema public")


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
def test_a_database_in_another_encoding_is_told(
    check: Check, database_url: str, encoding: str
) -> None:
    name = f"in_{encoding.lower()}"
    values = f"TEMPLATE template0 ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'"
    query(database_url, f"CREATE DATABASE {name} {values}")
    url = urlsplit(database_url)._replace(path=f"/{name}").geturl()
    found = check(DATABASE_URL=url)

    assert found["database-encoding"]["message"].endswith(f"in {encoding}, and not in UTF8")
    with pytest.raises(MigrationError, match=f"must have the encoding UTF8, and has {encoding}"):
        migrate(url)
    query(database_url, f"DROP DATABASE {name} WITH (FORCE)")


def test_tables_of_another_program_are_told(check: Check, empty_database_url: str) -> None:
    query(empty_database_url, "CREATE TABLE tasks (id int); CREATE TABLE users (id text)")

    found = check(DATABASE_URL=empty_database_url)

    assert found["tables-of-another"]["message"].endswith(": tasks")
    assert "database-rights" not in found


@pytest.mark.parametrize(
    ("host", "name"),
    [("db.example.com", "database-silent"), ("ep-a-1.aws.neon.tech", "database-silent")],
)
def test_a_silent_network_is_given_up_and_told(check: Check, host: str, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        rest = "hostaddr=127.0.0.1&sslmode=require&channel_binding=require"
        url = f"postgresql://alice:pa55word@{host}:{port}/tasks?{rest}"
        jwks = f"http://127.0.0.1:{port}/jwks"
        begun = time.monotonic()
        found = check(DATABASE_URL=url, DATABASE_URL_UNPOOLED=url, BETTER_AUTH_JWKS_URL=jwks)

    assert list(found) == [name, "jwks-unreachable"]
    assert time.monotonic() - begun < 30


def test_the_way_that_migrations_take_is_tried_as_well(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=database_url, DATABASE_URL_UNPOOLED=f"{database_url}_and_more")

    assert list(found) == ["database-rejected"]
    assert found["database-rejected"]["message"].startswith("DATABASE_URL_UNPOOLED")
