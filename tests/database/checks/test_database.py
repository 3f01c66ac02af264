"""The database itself: its version, its clock, its schema."""

import pytest

from persistence.readiness import expected_revision
from tests.database.checks.conftest import Check
from tests.support.database import configure, name_of, query


def shadow(url: str, function: str) -> None:
    """Have a function of our own come before the one of PostgreSQL."""
    query(url, f"CREATE FUNCTION public.{function}")
    query(url, f'ALTER DATABASE "{name_of(url)}" SET search_path = public, pg_catalog')


def test_a_database_that_is_as_it_should_be_is_no_finding(check: Check, database_url: str) -> None:
    assert check(DATABASE_URL=database_url, DATABASE_URL_UNPOOLED=database_url) == {}


def test_an_old_postgresql_is_fatal(check: Check, database_url: str) -> None:
    shadow(
        database_url,
        """current_setting(name text) RETURNS text LANGUAGE sql AS $$
            SELECT CASE name WHEN 'server_version_num' THEN '140012'
                   ELSE pg_catalog.current_setting(name) END
        $$""",
    )

    found = check(DATABASE_URL=database_url)

    assert found["database-version"]["severity"] == "fatal"
    assert found["database-version"]["message"] == "the database is PostgreSQL 14"


@pytest.mark.parametrize(
    ("offset", "message"),
    [
        ("- interval '1 hour'", "3600 s behind this machine's"),
        ("+ interval '40 seconds'", "40 s ahead of this machine's"),
    ],
)
def test_clocks_that_differ_are_a_warning(
    check: Check, database_url: str, offset: str, message: str
) -> None:
    body = f"SELECT pg_catalog.clock_timestamp() {offset}"
    shadow(
        database_url, f"clock_timestamp() RETURNS timestamptz VOLATILE LANGUAGE sql AS $${body}$$"
    )

    found = check(DATABASE_URL=database_url)

    assert list(found) == ["clock-skew"]
    assert found["clock-skew"]["severity"] == "warning"
    assert found["clock-skew"]["message"].endswith(message)


def test_no_schema_is_fatal(check: Check, empty_database_url: str) -> None:
    found = check(DATABASE_URL=empty_database_url)

    assert found["schema-missing"]["severity"] == "fatal"
    assert found["schema-missing"]["fix"] == "run tasks-api migrate"


def test_a_schema_that_is_behind_is_fatal(check: Check, database_url: str) -> None:
    query(database_url, "UPDATE tasks_alembic_version SET version_num = '0001'")

    found = check(DATABASE_URL=database_url)

    assert list(found) == ["schema-behind"]
    assert found["schema-behind"]["severity"] == "fatal"
    assert found["schema-behind"]["message"].endswith(
        f"0001, this version needs {expected_revision()}"
    )


def test_a_search_path_that_does_not_lead_to_the_tables_is_fatal(
    check: Check, database_url: str
) -> None:
    query(database_url, "ALTER SCHEMA public RENAME TO todo")

    lost = check(DATABASE_URL=database_url)
    options = lost["search-path"]["fix"].partition("add ")[2].partition(" to ")[0]
    repaired = check(DATABASE_URL=f"{database_url}?{options}")

    assert list(lost) == ["search-path"]
    assert "in the schema todo, and search_path" in lost["search-path"]["message"]
    assert repaired == {}


@pytest.mark.parametrize("table", ["tasks", "task_lists", "idempotency_keys"])
def test_a_table_that_is_missing_is_named(check: Check, database_url: str, table: str) -> None:
    query(database_url, f"ALTER TABLE {table} RENAME TO elsewhere")

    found = check(DATABASE_URL=database_url)

    assert found["tables-missing"]["severity"] == "fatal"
    assert found["tables-missing"]["message"].endswith(f"lacks these tables: {table}")
    assert not {"tables-of-another", "schema-missing", "database-rights"} & found.keys()


def test_a_schema_that_is_ahead_is_a_warning(check: Check, database_url: str) -> None:
    query(database_url, "UPDATE tasks_alembic_version SET version_num = '9999'")

    found = check(DATABASE_URL=database_url)

    assert list(found) == ["schema-ahead"]
    assert found["schema-ahead"]["severity"] == "warning"


def test_a_database_whose_transactions_are_read_only_is_fatal(
    check: Check, database_url: str
) -> None:
    configure(database_url, "default_transaction_read_only", "on")

    found = check(DATABASE_URL=database_url)

    assert list(found) == ["database-read-only"]
    assert found["database-read-only"]["message"].startswith("default_transaction_read_only is on")
    assert found["database-read-only"]["fix"].startswith("set it to off")


def test_a_standby_is_fatal(check: Check, database_url: str) -> None:
    shadow(
        database_url,
        "pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS $$SELECT true$$",
    )

    found = check(DATABASE_URL=database_url)

    assert list(found) == ["database-read-only"]
    assert found["database-read-only"]["message"].endswith("is a standby, which takes no writes")
    assert found["database-read-only"]["fix"].startswith("have DATABASE_URL lead to the primary")
