"""How PostgreSQL carries the statements out."""

import psycopg2
import pytest
from sqlalchemy import Executable, create_engine
from sqlalchemy.sql import ClauseElement

from persistence import statements
from persistence.migrate import migrate
from tests.database import create_better_auth

OWNERS = {"text": "yT4kq", "uuid": "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11", "integer": "17"}
each_id_type = pytest.mark.parametrize("id_type", OWNERS)


def plan_of(url: str, statement: Executable, **values: object) -> str:
    """Give the plan that PostgreSQL has where reading the whole table is no way out."""
    assert isinstance(statement, ClauseElement)
    compiled = statement.compile(create_engine("postgresql+psycopg2://"))
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan TO off; SET enable_bitmapscan TO off")
        cursor.execute(f"EXPLAIN {compiled}", values)
        lines = [line for (line,) in cursor.fetchall()]
    connection.close()
    return "\n".join(lines)


@each_id_type
def test_the_list_comes_in_order_out_of_its_index(empty_database_url: str, id_type: str) -> None:
    create_better_auth(empty_database_url, id_type=id_type)
    migrate(empty_database_url)

    plan = plan_of(empty_database_url, statements.LIST, owner=OWNERS[id_type])

    assert "ix_tasks_newest_first" in plan
    assert "Index Cond: (user_id = " in plan
    assert "Sort" not in plan


@each_id_type
def test_a_task_is_found_by_its_key(empty_database_url: str, id_type: str) -> None:
    create_better_auth(empty_database_url, id_type=id_type)
    migrate(empty_database_url)

    plan = plan_of(empty_database_url, statements.GET, owner=OWNERS[id_type], task_id=1)

    assert "Index Scan using" in plan


@each_id_type
def test_the_owner_of_a_new_task_is_found_by_the_users_key(
    empty_database_url: str, id_type: str
) -> None:
    create_better_auth(empty_database_url, id_type=id_type)
    migrate(empty_database_url)
    insertion = statements.insertion("users")
    values = {"owner": OWNERS[id_type], "title": "Buy milk", "description": None}

    plan = plan_of(empty_database_url, insertion, **values)

    assert "using users_pkey" in plan
