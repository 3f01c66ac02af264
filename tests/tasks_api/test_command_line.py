"""The commands that do one thing and end: help, `migrate`, `token`."""

import time
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest
from click.testing import CliRunner, Result

from persistence.schema import expected_revision
from tasks_api.__main__ import main
from tests.api import SignIn, error_of, new_user
from tests.database import query
from tests.service import SECRET
from tests.tasks_api.command import run

COMMANDS = ["serve", "dev", "migrate", "token"]

Command = Callable[..., Result]


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give a function that runs a command with these settings and no others."""
    assert Path.cwd() == folder

    def command(*arguments: str, **settings: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            return CliRunner().invoke(main, arguments, prog_name="tasks-api")

    return command


def test_python_runs_the_package(folder: Path) -> None:
    process = run("--help", folder=folder)

    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("Usage: python -m tasks_api")


def test_help_names_every_command_in_a_sentence(command: Command) -> None:
    result = command("--help")

    lines = [
        line.split(maxsplit=1) for line in result.output.partition("Commands:")[2].splitlines()
    ]
    explained = {name: text for name, text in filter(None, lines)}
    assert result.exit_code == 0
    assert set(explained) == set(COMMANDS)
    assert all(text.endswith(".") for text in explained.values())


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("serve", ["HOST", "PORT", "DATABASE_URL", "BETTER_AUTH_SECRET", "Ctrl-C"]),
        ("dev", ["PostgreSQL", ".local", ".env", "DATABASE_URL"]),
        ("migrate", ["database", "Safe to repeat", "DATABASE_URL_UNPOOLED"]),
        ("token", ["USER_ID", "BETTER_AUTH_SECRET", "--email", "--name", "--hours", "development"]),
    ],
)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_says_what_it_does_and_what_it_needs(
    command: Command, name: str, words: list[str], option: str
) -> None:
    result = command(name, option)

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
        assert result.output == "The database is at the schema of this version.\n"
    assert query(empty_database_url, "SELECT version_num FROM alembic_version") == [
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


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({}, "DATABASE_URL: missing; set it to postgresql://USER:PASSWORD@HOST/DATABASE"),
        (
            {"DATABASE_URL": "mysql://alice:pa55word@127.0.0.1:1/tasks"},
            "DATABASE_URL: the database URL must start with postgresql:// or postgres://",
        ),
        (
            {"DATABASE_URL": "postgresql://alice:pa55word@127.0.0.1:1/tasks"},
            'connection to server at "127.0.0.1", port 1 failed: Connection refused',
        ),
    ],
    ids=["missing", "not PostgreSQL", "unreachable"],
)
def test_migrate_says_in_one_line_without_the_password_what_is_wrong(
    command: Command, settings: dict[str, str], problem: str
) -> None:
    result = command("migrate", **settings)

    assert result.exit_code == 1
    assert result.output == f"Error: {problem}\n"


def test_token_needs_the_secret_alone_and_the_service_accepts_it(
    command: Command, sign_in: SignIn
) -> None:
    user_id = new_user()

    result = command("token", user_id, "--name", "Alice", BETTER_AUTH_SECRET=SECRET)

    api = sign_in(user_id, token=result.stdout.strip())
    assert (result.exit_code, result.stderr) == (0, "")
    assert api.created()["user_id"] == user_id


def test_token_states_what_it_is_told_to(command: Command) -> None:
    result = command(
        *("token", "--email", "a@example.com", "--hours", "2"),
        BETTER_AUTH_SECRET=SECRET,
        JWT_ISSUER="https://i.example",
        JWT_AUDIENCE="https://a.example",
    )

    claims = jwt.decode(result.output.strip(), SECRET, ["HS256"], audience="https://a.example")
    assert claims.pop("exp") - claims["iat"] == 7200
    assert abs(claims.pop("iat") - time.time()) < 30
    assert claims == {
        "sub": "demo-user",
        "email": "a@example.com",
        "iss": "https://i.example",
        "aud": "https://a.example",
    }


def test_token_makes_one_that_has_expired_for_those_who_test_with_it(
    command: Command, sign_in: SignIn
) -> None:
    result = command("token", "--hours", "-1", BETTER_AUTH_SECRET=SECRET)

    api = sign_in(token=result.output.strip())
    assert error_of(api.list()) == (401, "UNAUTHORIZED", "The token has expired")


@pytest.mark.parametrize("secret", ["", "sh0rt", "replace-me-with-the-secret-of-the-server"])
def test_token_refuses_a_bad_secret_in_one_line_without_showing_it(
    command: Command, secret: str
) -> None:
    result = command("token", BETTER_AUTH_SECRET=secret)

    assert result.exit_code == 1
    assert result.output.startswith("Error: BETTER_AUTH_SECRET: ")
    assert result.output.count("\n") == 1
    assert not secret or secret not in result.output
