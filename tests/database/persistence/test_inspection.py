"""A look at a database: what it tells, and how long it may take."""

import socket
import time

import pytest

from persistence.inspection import DatabaseFacts, Failure, InspectionFailed, inspect, try_to_connect
from persistence.migrate import MigrationError, migrate
from persistence.readiness import expected_revision
from persistence.users_table import USABLE_ID_TYPES, UsersInspection
from tests.support.database import query


def look(url: str, users_table: str | None = "users") -> DatabaseFacts:
    return inspect(url, users_table=users_table, seconds=5)


def test_the_facts_are_those_of_the_server(database_url: str) -> None:
    ((version,),) = query(database_url, "SHOW server_version")

    facts = look(database_url)

    assert facts.version == int(version.partition(".")[0])
    assert facts.revision == expected_revision()
    assert facts.users == UsersInspection(True, "text", "text", True, True, None)  # noqa: FBT003
    assert not facts.is_behind_pooler


def test_one_machine_has_one_clock(database_url: str) -> None:
    assert look(database_url).clock_ahead == 0


@pytest.mark.parametrize(
    "id_type",
    [
        *sorted(USABLE_ID_TYPES),
        "varchar(36)",
        "serial",
        "char(36)",
        "smallint",
        "numeric",
        "boolean",
        "int4range",
    ],
)
def test_the_usable_types_are_those_that_the_migration_takes(
    empty_database_url: str, id_type: str
) -> None:
    query(empty_database_url, f"CREATE TABLE users (id {id_type} PRIMARY KEY)")
    found = look(empty_database_url).users

    try:
        migrate(empty_database_url)
    except MigrationError:
        assert found is not None
        assert found.id_type not in USABLE_ID_TYPES
    else:
        assert found is not None
        assert found.id_type in USABLE_ID_TYPES


def test_without_a_name_no_table_is_looked_for(database_url: str) -> None:
    assert look(database_url, users_table=None).users is None


def test_an_empty_database_stays_empty(empty_database_url: str) -> None:
    facts = look(empty_database_url)

    assert facts.revision is None
    assert facts.users == UsersInspection(False, None, None, False, False, None)  # noqa: FBT003
    assert query(empty_database_url, "SELECT 1 FROM pg_class WHERE relname = 'users'") == []


@pytest.mark.parametrize("ask", [look, lambda url: try_to_connect(url, seconds=5)])
def test_what_the_server_says_is_one_line(database_url: str, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(InspectionFailed, match=r"^[^\n]*database \"test_.*_gone\" does not exist$"):
        ask(f"{database_url}_gone")


def test_a_silent_server_is_given_up_in_time() -> None:
    begun = time.monotonic()
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(InspectionFailed) as failed,
    ):
        try_to_connect(f"postgresql://127.0.0.1:{silent.getsockname()[1]}/tasks", seconds=0.3)

    assert failed.value.failure is Failure.SILENT
    assert time.monotonic() - begun < 20


def test_a_frozen_question_is_given_up_in_time(database_url: str) -> None:
    query(
        database_url,
        """
        CREATE FUNCTION public.pg_backend_pid() RETURNS int LANGUAGE sql AS $$
            SELECT 1 FROM pg_sleep(60)
        $$
        """,
    )
    begun = time.monotonic()

    with pytest.raises(InspectionFailed, match="the time is up"):
        inspect(
            f"{database_url}?options=-c%20search_path%3Dpublic%2Cpg_catalog",
            users_table="users",
            seconds=0.7,
        )

    assert time.monotonic() - begun < 30
