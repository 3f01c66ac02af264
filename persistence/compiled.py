"""Statements as text: compiled once, when they are first used, and not for every request."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.sql import ClauseElement

Rows = Sequence[tuple[Any, ...]]

Watch = Callable[[str], AbstractContextManager[object]]
"""Gives the block to run a statement in, by its text, which has no value in it."""

_DIALECT = PGDialect_psycopg2()  # type: ignore[no-untyped-call]


class Prepared(NamedTuple):
    """A statement as psycopg2 takes it, and the values that it brings itself."""

    text: str
    values: Mapping[str, Any]


@lru_cache(maxsize=64)
def prepared(statement: Executable) -> Prepared:
    """Compile a statement. psycopg2 adapts what it is given, so no type of SQLAlchemy's does."""
    assert isinstance(statement, ClauseElement)
    compiled = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Prepared(str(compiled), constants)
