"""The table of the tasks, as the requirements describe it, and who may reach it."""

import re

import pytest
from sqlalchemy import Delete, Select, Update

from persistence import statements
from tests.support.database import query
from tests.support.paths import ROOT

PACKAGES = ("boundary", "handlers", "persistence", "tasks_api", "migrations")
CONNECTION = ROOT / "persistence" / "connection.py"
LOCAL_POSTGRES = ROOT / "tasks_api" / "dev" / "local_postgres"


@pytest.mark.requirement("FR-028")
def test_a_task_has_the_columns_of_the_requirements(database_url: str) -> None:
    columns = query(
        database_url,
        """
        SELECT column_name, is_nullable = 'YES' FROM information_schema.columns
         WHERE table_name = 'tasks'
        """,
    )

    assert set(columns) >= {
        ("id", False),
        ("user_id", False),
        ("title", False),
        ("description", True),
        ("completed", False),
        ("created_at", False),
        ("updated_at", False),
    }


@pytest.mark.requirement("FR-029", "FR-032")
def test_the_owner_of_a_task_refers_to_the_users_and_takes_the_tasks_along(
    database_url: str,
) -> None:
    keys = query(
        database_url,
        """
        SELECT pg_get_constraintdef(oid) FROM pg_constraint
         WHERE conrelid = 'tasks'::regclass AND contype = 'f'
        """,
    )

    assert keys == [("FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE",)]


@pytest.mark.requirement("FR-030")
def test_the_tasks_of_a_user_are_indexed_newest_first(database_url: str) -> None:
    indexes = query(database_url, "SELECT indexdef FROM pg_indexes WHERE tablename = 'tasks'")

    columns = "(user_id, created_at DESC, id DESC)"
    assert [index for (index,) in indexes if index.endswith(columns)] != []


@pytest.mark.requirement("FR-022")
def test_every_statement_that_reads_or_changes_tasks_is_limited_to_their_owner() -> None:
    found = {
        name: str(value)
        for name, value in vars(statements).items()
        if isinstance(value, Select | Update | Delete) and not name.startswith("_")
    }

    assert set(found) == {"LIST", "GET", "REPLACE", "TOGGLE", "DELETE"}
    for name, text in found.items():
        assert "WHERE tasks.user_id = :owner" in text, name


@pytest.mark.requirement("FR-034")
def test_one_module_runs_what_sqlalchemy_has_compiled() -> None:
    """psycopg2 is called by it alone, and to start a PostgreSQL for development."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]

    direct = re.compile(r"psycopg2\.connect|\.cursor\(")
    callers = [file for file in files if direct.search(file.read_text(encoding="utf-8"))]

    assert {file for file in callers if file.parent != LOCAL_POSTGRES} == {CONNECTION}
