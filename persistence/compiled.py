"""Statements as SQL text: compiled once, when they are first used, and not for every request."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.sql import ClauseElement

Span = Callable[[str], AbstractContextManager[object]]
"""Traces the statement that runs inside the block, by its text, which holds no value."""

_DIALECT = PGDialect_psycopg2()  # type: ignore[no-untyped-call]


class Compiled(NamedTuple):
    """A statement as psycopg2 takes it, whole or to be prepared, and its constants."""

    text: str
    name: str
    """Of the prepared statement. Another text has another name."""
    prepare: str
    """Prepares it and executes it."""
    execute: str
    constants: Mapping[str, Any]


@lru_cache(maxsize=64)
def compiled(statement: Executable) -> Compiled:
    """Compile a statement. psycopg2 adapts the values, so SQLAlchemy's types do not."""
    assert isinstance(statement, ClauseElement)
    result = statement.compile(dialect=_DIALECT)
    text = str(result)
    # The parameters are declared without types: PostgreSQL takes those of what they are compared
    # with, as it does for a literal.
    places = {parameter: f"${n}" for n, parameter in enumerate(result.params, 1)}
    body = text % places if places else text.replace("%%", "%")
    values = ", ".join(f"%({parameter})s" for parameter in places)
    name = f"s{sha256(text.encode()).hexdigest()[:16]}"
    execute = f"EXECUTE {name}({values})" if places else f"EXECUTE {name}"
    return Compiled(
        text,
        name,
        prepare=f"PREPARE {name} AS {body};".replace("%", "%%") + execute,
        execute=execute,
        constants={key: value for key, value in result.params.items() if value is not None},
    )
