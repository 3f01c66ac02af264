"""Settings that are missing or bad, and what is checked in spite of them."""

from pathlib import Path

import pytest

from tests.database.checks.conftest import Check
from tests.support.service import SECRET
from tests.unit.test_settings import ordinary_user


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        (None, "missing"),
        ("sh0rt", "must be at least 32 bytes long"),
        ("replace-me-with-the-secret-of-the-better-auth-server", "must not be a placeholder"),
        ("better-auth-secret-123456789012345", "must not be a placeholder"),
    ],
)
def test_a_bad_secret_is_fatal(
    check: Check, database_url: str, secret: str | None, what: str
) -> None:
    found = check(BETTER_AUTH_SECRET=secret, DATABASE_URL=database_url)

    assert list(found) == ["secret"]
    assert found["secret"]["severity"] == "fatal"
    assert found["secret"]["message"].startswith(f"BETTER_AUTH_SECRET: {what}")


def test_a_bad_secret_keeps_nothing_else_from_being_checked(
    check: Check, empty_database_url: str
) -> None:
    found = check(
        BETTER_AUTH_SECRET="sh0rt", DATABASE_URL=empty_database_url, PORT="0", FRONTEND_URL="*"
    )

    assert set(found) == {
        "secret",
        "setting",
        "frontend-url",
        "schema-missing",
        "users-not-yet-created",
    }


def test_without_its_database_url_the_rest_is_checked(check: Check) -> None:
    found = check(BETTER_AUTH_SECRET=None, BETTER_AUTH_JWKS_URL="http://127.0.0.1:1/jwks")

    assert list(found) == ["secret", "database-url", "jwks-unreachable"]
    assert found["database-url"]["fix"] == "set it to postgresql://USER:PASSWORD@HOST/DATABASE"


def test_a_bad_name_of_the_users_table_does_not_accuse_another_table(
    check: Check, database_url: str
) -> None:
    found = check(DATABASE_URL=database_url, USERS_TABLE="a.b.c")

    assert list(found) == ["setting"]
    assert found["setting"]["message"].startswith("USERS_TABLE: not the name of a table")


def test_the_file_is_read_as_well(check: Check, folder: Path, database_url: str) -> None:
    (folder / ".env").write_text(f"DATABASE_URL={database_url}\nBETTER_AUTH_SECRET={SECRET}\n")

    assert check(BETTER_AUTH_SECRET=None) == {}


def test_a_file_that_is_no_text_is_the_only_finding(check: Check, folder: Path) -> None:
    (folder / ".env").write_bytes(b"PORT=\xff\n")

    found = check()

    assert list(found) == ["env-file"]
    assert found["env-file"]["message"] == ".env: cannot be read (it is not text in UTF-8)"


def test_a_file_that_may_not_be_read_is_the_only_finding(check: Check, folder: Path) -> None:
    check()  # What is imported on first use is imported as whoever runs the tests.
    (folder / ".env").touch(mode=0o000)

    with ordinary_user(folder):
        found = check()

    assert list(found) == ["env-file"]


def test_an_audience_that_is_not_set_is_a_warning(check: Check, database_url: str) -> None:
    found = check(DATABASE_URL=database_url, JWT_AUDIENCE=None)

    assert list(found) == ["audience-unset"]
    assert found["audience-unset"]["severity"] == "warning"
    assert found["audience-unset"]["message"] == "JWT_AUDIENCE is not set"
