"""What the database itself refuses to store."""

import re
import sys
from codecs import decode

import pytest
from psycopg2 import IntegrityError

from persistence.models import BLANKS
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import query

ZERO_WIDTH_NO_BREAK_SPACE = "\ufeff"


def test_blanks_are_what_python_strips_and_what_javascript_trims() -> None:
    # ECMAScript's WhiteSpace and LineTerminator are all stripped by Python but for this one.
    expected = {chr(n) for n in range(sys.maxunicode) if chr(n).isspace()}
    expected.add(ZERO_WIDTH_NO_BREAK_SPACE)

    blanks = decode(BLANKS, "unicode_escape")

    assert set(blanks) == expected


def test_a_title_of_any_blank_alone_is_refused(database: Database) -> None:
    for blank in decode(BLANKS, "unicode_escape"):
        with (
            pytest.raises(IntegrityError, match="ck_tasks_title_not_blank"),
            database.tasks_of("alice") as tasks,
        ):
            tasks.add(title=blank * 3, description=None)


@pytest.mark.parametrize("title", ["x", "\u200b", " x ", "x" * 500, "👋" * 500])
def test_a_title_of_one_to_five_hundred_characters_is_stored(
    database: Database, title: str
) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title=title, description=None)

    assert task.title == title


@pytest.mark.parametrize(
    ("title", "description", "constraint"),
    [
        ("", None, "ck_tasks_title_length"),
        ("x" * 501, None, "ck_tasks_title_length"),
        ("x", "x" * 65_537, "ck_tasks_description_length"),
    ],
)
def test_what_is_too_short_or_too_long_is_refused(
    database: Database, title: str, description: str | None, constraint: str
) -> None:
    with (
        pytest.raises(IntegrityError, match=constraint),
        database.tasks_of("alice") as tasks,
    ):
        tasks.add(title=title, description=description)


def test_the_longest_description_is_stored(database: Database) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="x", description="é" * 65_536)

    assert task.description == "é" * 65_536


def test_a_change_before_the_creation_is_refused(database: Database, database_url: str) -> None:
    with database.tasks_of("alice") as tasks:
        tasks.add(title="x", description=None)

    with pytest.raises(Exception, match="ck_tasks_updated_after_created"):
        query(database_url, "UPDATE tasks SET updated_at = created_at - interval '1 second'")


def test_every_constraint_has_a_name_of_ours(database_url: str) -> None:
    rows = query(
        database_url,
        "SELECT conname FROM pg_constraint WHERE conrelid = 'tasks'::regclass AND contype <> 'n'",
    )

    names = sorted(name for (name,) in rows)

    assert names == [
        "ck_tasks_description_length",
        "ck_tasks_title_length",
        "ck_tasks_title_not_blank",
        "ck_tasks_updated_after_created",
        "fk_tasks_user_id",
        "pk_tasks",
    ]
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
