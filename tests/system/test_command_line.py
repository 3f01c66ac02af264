"""Help, and `migrate`."""

from pathlib import Path

import pytest

from persistence.readiness import expected_revision
from tests.support.command import Command, run
from tests.support.database import create_better_auth, query
from tests.support.service import NOWHERE

COMMANDS = ["check", "serve", "dev", "migrate", "token"]


def test_python_runs_the_package(folder: Path) -> None:
    process = run("--help", folder=folder)

    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("Usage: python -m tasks_api")


def test_help_names_every_command_in_a_sentence(command: Command) -> None:
    result = command("--help")

    lines = result.output.partition("Commands:\n")[2].splitlines()
    explained = {name: text for name, *text in map(str.split, lines)}
    assert result.exit_code == 0
    assert set(explained) == set(COMMANDS)
    assert all(text[-1].endswith(".") for text in explained.values())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("serve", ["HOST", "PORT", "DATABASE_URL", "BETTER_AUTH_SECRET", "Ctrl-C"]),
        ("dev", ["PostgreSQL", ".local", ".env", "DATABASE_URL"]),
        ("migrate", ["database", "Safe to repeat", "DATABASE_URL_UNPOOLED"]),
        ("token", ["USER_ID", "issue", "explain"]),
        ("token issue", ["BETTER_AUTH_SECRET", "--email", "--name", "--hours", "development"]),
        ("token explain", ["TOKEN", "standard input", "BETTER_AUTH_SECRET"]),
    ],
)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_says_what_it_does_and_what_it_needs(
    command: Command, name: str, words: list[str], option: str
) -> None:
    result = command(*name.split(), option)

    assert result.exit_code == 0
    assert [word for word in words if word not in result.output] == []


def test_a_command_that_does_not_exist_is_named(command: Command) -> None:
    result = command("migrat")

    assert result.exit_code == 2
    assert "No such command 'migrat'" in result.output


def test_migrate_needs_the_url_alone_and_can_be_repeated(
    command: Command, empty_database_url: str
) -> None:
    first = command("migrate", DATABASE_URL=empty_database_url)
    second = command("migrate", DATABASE_URL=empty_database_url)

    for result in (first, second):
        assert result.exit_code == 0
        assert result.output == "The database has the schema of this version.\n"
    assert query(empty_database_url, "SELECT version_num FROM tasks_alembic_version") == [
        (expected_revision(),)
    ]


def test_migrate_takes_the_direct_url_and_the_users_table(
    command: Command, empty_database_url: str
) -> None:
    pooler = "postgresql://alice:pa55word@127.0.0.1:1/tasks"

    result = command(
        "migrate",
        DATABASE_URL=pooler,
        DATABASE_URL_UNPOOLED=empty_database_url,
        USERS_TABLE="user",
    )

    assert result.exit_code == 0
    assert query(empty_database_url, 'SELECT count(*) FROM "user"') == [(0,)]


def test_migrate_makes_a_stand_in_with_the_type_of_id_that_is_set(
    command: Command, empty_database_url: str
) -> None:
    result = command("migrate", DATABASE_URL=empty_database_url, USERS_ID_TYPE="uuid")

    assert result.exit_code == 0
    added = "INSERT INTO users (email) VALUES ('a@example.com') RETURNING pg_typeof(id)::text"
    assert query(empty_database_url, added) == [("uuid",)]


def test_migrate_warns_of_a_stand_in_beside_the_users_of_better_auth(
    command: Command, empty_database_url: str
) -> None:
    command("migrate", DATABASE_URL=empty_database_url)
    create_better_auth(empty_database_url, users_table="user")

    result = command("migrate", DATABASE_URL=empty_database_url)

    assert result.exit_code == 0
    assert result.stdout == "The database has the schema of this version.\n"
    assert result.stderr.startswith('Warning: the tasks belong to the stand-in "users", but "user"')
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "DATABASE_URL: missing; set it to postgresql://USER:PASSWORD@HOST/DATABASE"),
        (
            {"DATABASE_URL": "mysql://alice:pa55word@127.0.0.1:1/tasks"},
            "DATABASE_URL: the database URL must start with postgresql:// or postgres://",
        ),
    ],
    ids=["missing", "not PostgreSQL"],
)
def test_migrate_says_in_one_line_without_the_password_what_is_wrong(
    command: Command, settings: dict[str, str], problem: str
) -> None:
    result = command("migrate", **settings)

    assert result.exit_code == 1
    assert result.output == f"Error: {problem}\n"


def test_migrate_says_in_one_line_that_no_server_is_there(folder: Path) -> None:
    # A process of its own: what connects with a deadline, as the service does, says less.
    result = run("migrate", folder=folder, DATABASE_URL=NOWHERE)

    refused = 'connection to server at "127.0.0.1", port 1 failed: Connection refused'
    assert (result.returncode, result.stderr) == (1, f"Error: {refused}\n")
