"""Which errors mean that the database cannot be used, and which only that a statement failed."""

import pytest

from persistence.errors import DatabaseUnavailable, SchemaNotReady, TaskNotFound, is_unusable


@pytest.mark.parametrize(
    "sqlstate", ["22P05", "25P03", "25P04", "40001", "40P01", "54000", "54001", "55P03", "57014"]
)
def test_what_befalls_one_statement_leaves_the_database_usable(sqlstate: str) -> None:
    assert not is_unusable(DatabaseUnavailable(sqlstate))


@pytest.mark.parametrize(
    "sqlstate",
    [None, "08006", "25006", "42501", "53100", "53300", "57P01", "57P02", "57P03", "58030"],
)
def test_what_befalls_every_statement_makes_it_unusable(sqlstate: str | None) -> None:
    assert is_unusable(DatabaseUnavailable(sqlstate))


def test_a_schema_that_is_not_ready_makes_it_unusable() -> None:
    assert is_unusable(SchemaNotReady("42P01"))


@pytest.mark.parametrize("error", [None, TaskNotFound(), ValueError()])
def test_what_the_database_has_answered_leaves_it_usable(error: Exception | None) -> None:
    assert not is_unusable(error)
