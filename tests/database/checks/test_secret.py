"""Secrets that the frontend would publish."""

from pathlib import Path

import pytest

from tests.database.checks.conftest import Check
from tests.support.service import SECRET

URL = "postgresql://alice:pa55word@127.0.0.1:1/tasks"


@pytest.mark.parametrize(
    ("variable", "value", "published"),
    [
        ("NEXT_PUBLIC_AUTH", SECRET, "BETTER_AUTH_SECRET"),
        ("NEXT_PUBLIC_AUTH", f'{{"key": "{SECRET}"}}', "BETTER_AUTH_SECRET"),
        ("NEXT_PUBLIC_BETTER_AUTH_SECRET", "another", "BETTER_AUTH_SECRET"),
        ("NEXT_PUBLIC_MY_DATABASE_URL", "another", "DATABASE_URL"),
        ("NEXT_PUBLIC_API", URL, "DATABASE_URL"),
    ],
)
def test_what_next_js_publishes_is_fatal(
    check: Check, variable: str, value: str, published: str
) -> None:
    found = check(DATABASE_URL=URL, **{variable: value})["secret-published"]

    assert found["severity"] == "fatal"
    assert found["message"] == f"{variable} publishes {published}"
    assert found["fix"].startswith(f"remove {variable}")


def test_the_secret_before_this_one_counts(check: Check) -> None:
    previous = "the secret of thirty-two bytes before that"

    found = check(BETTER_AUTH_SECRET_PREVIOUS=previous, NEXT_PUBLIC_OLD=previous)

    assert found["secret-published"]["message"].endswith("BETTER_AUTH_SECRET_PREVIOUS")


def test_the_file_counts(check: Check, folder: Path) -> None:
    (folder / ".env").write_text(f"NEXT_PUBLIC_AUTH={SECRET}\n")

    assert "secret-published" in check()


def test_a_secret_that_is_refused_is_no_less_published(check: Check) -> None:
    assert "secret-published" in check(BETTER_AUTH_SECRET="sh0rt", NEXT_PUBLIC_AUTH="sh0rt")


def test_other_public_variables_are_nobodys_business(check: Check) -> None:
    found = check(BETTER_AUTH_SECRET="app", NEXT_PUBLIC_URL="https://app.example.com")

    assert "secret-published" not in found
