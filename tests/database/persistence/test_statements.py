"""How PostgreSQL carries the statements out."""

from collections.abc import Iterator
from typing import NamedTuple

import psycopg2
import pytest
from sqlalchemy import Executable, create_engine
from sqlalchemy.sql import ClauseElement

from persistence import statements
from persistence.migrate import migrate
from tests.support.database import create_better_auth, new_database

OWNERS = {"text": "yT4kq", "uuid": "8c5a2f2e-3b63-4b3c-9a52-0b3b0f0a2d11", "integer": "17"}


class Planner(NamedTuple):
    """A migrated database beside Better Auth's tables, and an owner whom its type of id allows."""

    url: str
    owner: str

    def plan_of(self, statement: Executable, **values: object) -> str:
        """Give the plan that PostgreSQL has where reading the whole table is no way out."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(create_engine("postgresql+psycopg2://"))
        connection = psycopg2.connect(self.url)
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan TO off; SET enable_bitmapscan TO off")
            given = {
                "owner": self.owner,
                "owner_as_text": self.owner,
                "expires_at": "infinity",
                "known": [7],
                **values,
            }
            cursor.execute(f"EXPLAIN {compiled}", given)
            lines = [line for (line,) in cursor.fetchall()]
        connection.close()
        return "\n".join(lines)


@pytest.fixture(scope="module", params=OWNERS)
def planner(request: pytest.FixtureRequest, postgres: str) -> Iterator[Planner]:
    """Give a planner for each type that the users' id may have."""
    with new_database(postgres, template="template0") as url:
        create_better_auth(url, id_type=request.param)
        migrate(url)
        yield Planner(url, OWNERS[request.param])


@pytest.mark.requirement("FR-030")
def test_the_list_comes_in_order_out_of_its_index(planner: Planner) -> None:
    plan = planner.plan_of(statements.LIST)

    assert "ix_tasks_newest_first" in plan
    assert "Index Cond: (user_id = " in plan
    assert "Sort" not in plan


def test_a_task_is_found_by_its_key(planner: Planner) -> None:
    plan = planner.plan_of(statements.GET, task_id=1)

    assert "Index Scan using" in plan


def test_the_owner_of_a_new_task_is_found_by_the_users_key(planner: Planner) -> None:
    plan = planner.plan_of(statements.insertion("users"), title="Buy milk", description=None)

    assert "using users_pkey" in plan
