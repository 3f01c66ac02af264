"""What the settings take, and how they say no: all at once, with the fix, without the secret."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

from tasks_api.settings import MigrationSettings, Settings, SettingsError, TokenSettings, load
from tests.support.service import NO_SECRET, SECRET, URL

NEON = (
    "postgresql://owner:npg_pa55word@ep-cool-darkness-a1b2c3d4-pooler.eu-central-1.aws.neon.tech"
    "/neondb?sslmode=require&channel_binding=require"
)
NO_HOST = "must be an IP address or a host name of this machine"
UNREADABLE = "the database URL is not one that libpq can read (percent-encode special characters)"

pytestmark = pytest.mark.usefixtures("folder")


def problems_of(kind: type[MigrationSettings | TokenSettings] = Settings) -> list[str]:
    with pytest.raises(SettingsError) as refusal:
        load(kind)
    return str(refusal.value).splitlines()


def test_what_is_required_is_named_with_its_fix() -> None:
    assert problems_of() == [
        f"BETTER_AUTH_SECRET: {NO_SECRET}",
        "DATABASE_URL: missing; set it to postgresql://USER:PASSWORD@HOST/DATABASE",
    ]


def test_each_command_asks_for_what_it_needs_only() -> None:
    assert [line.split(":")[0] for line in problems_of(MigrationSettings)] == ["DATABASE_URL"]
    assert [line.split(":")[0] for line in problems_of(TokenSettings)] == ["BETTER_AUTH_SECRET"]


def test_every_problem_is_reported_at_once(env: pytest.MonkeyPatch) -> None:
    bad = {
        "BETTER_AUTH_SECRET": "short",
        "DATABASE_CONNECT_TIMEOUT": "1",
        "DATABASE_POOL_SIZE": "0",
        "DATABASE_POOL_TIMEOUT": "61",
        "DATABASE_URL": "mysql://alice:pa55word@db.example.com/tasks",
        "DATABASE_URL_UNPOOLED": "db.example.com",
        "FORWARDED_ALLOW_IPS": "10.0.0.1/8",
        "FRONTEND_URL": "*",
        "LOG_LEVEL": "loud",
        "PORT": "none",
        "PUBLIC_URL": "example.com",
        "USERS_TABLE": "a.b.c",
        "USER_PROVISIONING": "sometimes",
    }
    for name, value in bad.items():
        env.setenv(name, value)

    assert sorted(line.split(":")[0] for line in problems_of()) == sorted(bad)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("PORT", "0", "PORT: Input should be greater than or equal to 1"),
        ("PORT", "65536", "PORT: Input should be less than or equal to 65535"),
        (
            "PORT",
            "http",
            "PORT: Input should be a valid integer, unable to parse string as an integer",
        ),
        (
            "HOST",
            "http://localhost",
            f"HOST: {NO_HOST}",
        ),
        ("HOST", "ü.example", f"HOST: {NO_HOST}"),
        (
            "USERS_TABLE",
            "a.b.c",
            "USERS_TABLE: not the name of a table, with or without its schema: 'a.b.c'",
        ),
        (
            "USER_PROVISIONING",
            "no",
            "USER_PROVISIONING: Input should be 'auto', 'create' or 'require'",
        ),
        (
            "DATABASE_URL",
            "mysql://alice:pa55word@db.example.com/tasks",
            "DATABASE_URL: the database URL must start with postgresql:// or postgres://",
        ),
        (
            "DATABASE_URL",
            "postgresql://alice:pa55word%zz@db.example.com/tasks",
            f"DATABASE_URL: {UNREADABLE}",
        ),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_a_good_one_is(
    env: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    env.setenv(name, value)

    assert problems_of() == [problem]


@pytest.mark.requirement("FR-002")
@pytest.mark.parametrize(
    "url", [URL, NEON, NEON.replace("postgresql", "postgres"), "postgresql+psycopg2://h/d"]
)
def test_every_way_to_write_the_database_url_is_taken(env: pytest.MonkeyPatch, url: str) -> None:
    env.setenv("DATABASE_URL", url)

    assert load(Settings).migration_url == url


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "fe80::1%eth0", "localhost"])  # noqa: S104
def test_the_host_may_be_an_address_or_a_name(env: pytest.MonkeyPatch, host: str) -> None:
    env.setenv("HOST", host)

    assert load(Settings).host == host


def test_a_migration_takes_the_direct_url_where_there_is_one(env: pytest.MonkeyPatch) -> None:
    env.setenv("DATABASE_URL", NEON)
    env.setenv("DATABASE_URL_UNPOOLED", NEON.replace("-pooler", ""))

    assert load(MigrationSettings).migration_url == NEON.replace("-pooler", "")


def test_the_environment_wins_over_the_file(env: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / ".env").write_text("PORT=8001\nHOST=0.0.0.0\nSOMEBODY_ELSES=1\n")
    env.setenv("PORT", "8002")

    settings = load(Settings)

    assert (settings.host, settings.port) == ("0.0.0.0", 8002)  # noqa: S104 - it is not listened on.


def test_an_empty_variable_counts_as_absent(env: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / ".env").write_text("PORT=8001\nUSERS_TABLE=\n")
    for name in ("PORT", "JWT_ISSUER", "DATABASE_URL_UNPOOLED", "LOG_LEVEL"):
        env.setenv(name, "")

    settings = load(Settings)

    assert settings.port == 8001
    assert (settings.jwt_issuer, settings.database_url_unpooled) == (None, None)
    assert (settings.users_table, settings.log_level) == ("users", "info")


def test_a_file_that_is_no_text_is_one_line(folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORT=\xff\n")

    assert problems_of() == [
        ".env: cannot be read (it is not text in UTF-8); make it readable, or remove it"
    ]


def test_a_file_that_cannot_be_read_is_one_line(folder: Path) -> None:
    problems_of()  # What is imported on first use is imported as whoever runs the tests.
    (folder / ".env").touch(mode=0o000)

    with ordinary_user(folder):
        problems = problems_of()

    assert problems == [".env: cannot be read (Permission denied); make it readable, or remove it"]


@contextmanager
def ordinary_user(folder: Path) -> Iterator[None]:
    """Be nobody inside the block where root runs the tests, whom no mode keeps from reading."""
    mine = os.geteuid()
    folder.chmod(0o711)
    if mine == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(mine)


@pytest.mark.usefixtures("env")
def test_settings_do_not_change() -> None:
    settings = load(Settings)

    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]  # That is the point.


@pytest.mark.parametrize("quote", ["'", '"'])
def test_quotation_marks_that_an_env_file_has_kept_are_no_part_of_a_value(
    env: pytest.MonkeyPatch, quote: str
) -> None:
    values = {
        "DATABASE_URL": NEON,
        "FRONTEND_URL": "https://app.example.com",
        "HOST": "0.0.0.0",  # noqa: S104 -- it is only read.
        "LOG_LEVEL": "INFO",
        "PORT": "8080",
        "USER_PROVISIONING": "Require",
        "USERS_TABLE": "user",
    }
    for name, value in values.items():
        env.setenv(name, f"{quote}{value}{quote}")

    settings = load(Settings)

    assert settings.database_url.get_secret_value() == NEON
    assert settings.frontend_url == ("https://app.example.com",)
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104
    assert (settings.log_level, settings.user_provisioning) == ("info", "require")
    assert settings.users_table == "user"


@pytest.mark.parametrize("command", ["psql '{}'", 'psql "{}"', "psql {}", " psql  '{}' "])
def test_a_command_for_psql_stands_for_its_url(env: pytest.MonkeyPatch, command: str) -> None:
    env.setenv("DATABASE_URL", command.format(NEON))

    assert load(Settings).database_url.get_secret_value() == NEON


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("HOST", "0.0.0.0:8000", "must not have a port; write the port into PORT"),
        ("HOST", "[::]:8000", "must not have a port; write the port into PORT"),
        (
            "JWT_AUDIENCE",
            "https://a.example,https://b.example",
            "must be one audience; write the one that the jwt() plugin has",
        ),
    ],
)
def test_what_is_nearly_right_is_told_in_its_own_words(
    env: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    env.setenv(name, value)

    assert problems_of() == [f"{name}: {problem}"]


@pytest.mark.parametrize("around", ["{} ", "{}\r", " {}\t", "{}\n"])
def test_white_space_around_a_value_is_no_part_of_it(env: pytest.MonkeyPatch, around: str) -> None:
    values = {
        "DATABASE_URL": NEON,
        "FRONTEND_URL": "https://app.example.com",
        "HOST": "0.0.0.0",  # noqa: S104 -- it is only read.
        "JWT_AUDIENCE": "https://api.example.com",
        "JWT_ISSUER": "https://app.example.com",
        "LOG_LEVEL": "info",
        "PORT": "8080",
        "USERS_TABLE": "user",
    }
    for name, value in values.items():
        env.setenv(name, around.format(value))

    settings = load(Settings)

    assert settings.database_url.get_secret_value() == NEON
    assert settings.frontend_url == ("https://app.example.com",)
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104
    assert settings.jwt_audience == "https://api.example.com"
    assert settings.jwt_issuer == "https://app.example.com"
    assert (settings.log_level, settings.users_table) == ("info", "user")


def test_quotation_marks_are_found_behind_white_space(env: pytest.MonkeyPatch) -> None:
    env.setenv("PORT", '"8080"\r')
    env.setenv("JWT_ISSUER", '"https://app.example.com"\r')

    assert problems_of() == ["JWT_ISSUER: must not be in quotation marks; write it without them"]


@pytest.mark.parametrize("nothing", ['""', "''", " ", '" "', "\r"])
def test_nothing_in_quotation_marks_counts_as_absent(env: pytest.MonkeyPatch, nothing: str) -> None:
    names = ("BETTER_AUTH_SECRET_PREVIOUS", "DATABASE_URL_UNPOOLED", "JWT_AUDIENCE", "METRICS_PORT")
    for name in (*names, "HOST", "FRONTEND_URL"):
        env.setenv(name, nothing)

    settings = load(Settings)

    assert [getattr(settings, name.lower()) for name in names] == [None] * len(names)
    assert (settings.host, settings.frontend_url) == ("127.0.0.1", ())


@pytest.mark.parametrize("nothing", ['""', " "])
def test_what_is_required_and_has_nothing_in_it_is_missing(
    env: pytest.MonkeyPatch, nothing: str
) -> None:
    env.setenv("BETTER_AUTH_SECRET", nothing)

    assert problems_of() == [f"BETTER_AUTH_SECRET: {NO_SECRET}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BETTER_AUTH_JWKS_URL", "https://app.example.com/api/auth/jwks"),
        ("BETTER_AUTH_SECRET", SECRET),
        ("DATABASE_URL", URL),
        ("FRONTEND_URL", "https://app.example.com"),
        ("JWT_AUDIENCE", "https://api.example.com"),
        ("JWT_ISSUER", "https://app.example.com"),
        ("PORT", "8080"),
        ("USERS_TABLE", "user"),
    ],
)
def test_a_comment_behind_a_value_is_named(env: pytest.MonkeyPatch, name: str, value: str) -> None:
    env.setenv(name, f"{value} # as in production")

    assert problems_of() == [f"{name}: must not have a comment behind it; remove it, from its # on"]


@pytest.mark.parametrize("host", ["[::]", "[::1]", "[fe80::1%eth0]"])
def test_an_address_may_be_in_brackets_as_in_a_url(env: pytest.MonkeyPatch, host: str) -> None:
    env.setenv("HOST", host)

    assert load(Settings).host == host.strip("[]")
