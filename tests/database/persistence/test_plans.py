"""No operation reads a whole table, as PostgreSQL plans it for a full one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg2
import pytest
from sqlalchemy import Executable

from persistence import idempotency, statements
from persistence.compiled import compiled
from persistence.migrate import migrate
from tests.support.database import new_database, query

FILL = """
    INSERT INTO users (id) SELECT 'u' || n FROM generate_series(1, 2000) AS n;
    INSERT INTO tasks (user_id, title, created_at, updated_at)
    SELECT 'u' || 1 + n % 2000, 'Task', made, made
      FROM generate_series(1, 100000) AS n,
           LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute' AS made) AS moment;
    INSERT INTO idempotency_keys (user_id, key, fingerprint, task_id, created_at)
    SELECT 'u' || 1 + n % 2000, 'key ' || n, '\\x00', n, now() - n * interval '1 second'
      FROM generate_series(1, 100000) AS n;
    VACUUM ANALYZE tasks;
    VACUUM ANALYZE idempotency_keys;
    VACUUM ANALYZE users;
"""
VALUES = {
    "owner": "u7",
    "owner_as_text": "u7",
    "owner_array": ["u7", "u8"],
    "task_id_array": [4711, 4712],
    "kept_array": [7, 8],
    "known": [7],
    "limit": 100,
    "room": 2**20,
    "after_time": datetime(2026, 1, 1, tzinfo=UTC),
    "after_id": 4711,
    "completed": True,
    "task_id": 4711,
    "expires_at": "infinity",
    "versions": [datetime(2026, 1, 1, tzinfo=UTC)],
    "excluded": [datetime(2026, 1, 1, tzinfo=UTC)],
    "new_title": "Buy milk",
    "new_description": None,
    "title": "Buy milk",
    "description": None,
    "key": "key 4711",
    "fingerprint": b"",
}
STATEMENTS: dict[str, Executable] = {
    "list": statements.LIST,
    "page": statements.page(is_narrowed=False),
    "page of completed tasks": statements.page(is_narrowed=True),
    "get": statements.GET,
    "get for several requests": statements.GET_SHARED.statement,
    "lists for several requests": statements.LIST_SHARED.statement,
    "replace": statements.REPLACE,
    "replace a version": statements.limited(statements.REPLACE, to_versions=True, excludes=False),
    "replace unless it is a version": statements.limited(
        statements.REPLACE, to_versions=False, excludes=True
    ),
    "toggle": statements.TOGGLE,
    "delete": statements.DELETE,
    "add": statements.insertion("users"),
    "add once": idempotency.insertion_with_key("users"),
    "find a key": idempotency.FIND,
    "sweep keys": idempotency.DELETE_EXPIRED,
}


@pytest.fixture(scope="module")
def full(postgres: str) -> Iterator[str]:
    """Give the URL of a database with 2,000 users, 100,000 tasks and as many keys."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        for statement in FILL.split(";")[:-1]:
            query(url, statement)
        yield url


@pytest.mark.requirement("FR-031")
@pytest.mark.parametrize("kind", ["prepared", "behind a pooler"])
@pytest.mark.parametrize("name", STATEMENTS)
def test_it_finds_its_rows_by_an_index(full: str, name: str, kind: str) -> None:
    statement = compiled(STATEMENTS[name])
    text = statement.execute if kind == "prepared" else statement.text
    connection = psycopg2.connect(full)
    with connection, connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode=force_generic_plan")  # As the service does.
        cursor.execute(statement.prepare.removesuffix(statement.execute), VALUES)
        cursor.execute(f"EXPLAIN {text}", VALUES)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    connection.close()

    assert "Index" in plan
    assert "Seq Scan" not in plan
