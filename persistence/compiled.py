"""Statements as SQL text: compiled once, when they are first used, and not for every request."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.sql import ClauseElement

Rows = Sequence[tuple[Any, ...]]

Span = Callable[[str], AbstractContextManager[object]]
"""Traces the statement that runs inside the block, by its text, which holds no value."""

_DIALECT = PGDialect_psycopg2()  # type: ignore[no-untyped-call]


class Compiled(NamedTuple):
    """A statement as psycopg2 takes it, and the constants that belong to it."""

    text: str
    constants: Mapping[str, Any]


@lru_cache(maxsize=64)
def compiled(statement: Executable) -> Compiled:
    """Compile a statement. psycopg2 adapts the values, so SQLAlchemy's types do not."""
    assert isinstance(statement, ClauseElement)
    result = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in result.params.items() if value is not None}
    return Compiled(str(result), constants)
