"""Statements as SQL text: compiled once, when they are first used, and not for every request."""

import re
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.sql import ClauseElement

_DIALECT = PGDialect_psycopg2()  # type: ignore[no-untyped-call]


_PARAMETER = re.compile(r"%\((\w+)\)s")


class Compiled(NamedTuple):
    """A statement as psycopg2 takes it, whole or to be prepared."""

    text: str
    name: str
    """Of the prepared statement. Another text has another name."""
    prepare: str
    """Prepares it and executes it."""
    execute: str


@lru_cache(maxsize=64)
def compiled(statement: Executable) -> Compiled:
    """Compile a statement. psycopg2 adapts the values, so SQLAlchemy's types do not."""
    assert isinstance(statement, ClauseElement)
    result = statement.compile(dialect=_DIALECT)
    # A constant is a literal, so that PostgreSQL plans with it: a LIMIT above all.
    constants = {name: _literal(it) for name, it in result.params.items() if it is not None}
    text = _PARAMETER.sub(lambda found: constants.get(found[1], found[0]), str(result))
    # The parameters are declared without types: PostgreSQL takes those of what they are compared
    # with, as it does for a literal.
    parameters = [name for name in result.params if name not in constants]
    places = {parameter: f"${n}" for n, parameter in enumerate(parameters, 1)}
    body = _PARAMETER.sub(lambda found: places[found[1]], text)
    values = ", ".join(f"%({parameter})s" for parameter in parameters)
    name = f"s{sha256(text.encode()).hexdigest()[:16]}"
    execute = f"EXECUTE {name}({values})" if parameters else f"EXECUTE {name}"
    return Compiled(text, name, f"PREPARE {name} AS {body};{execute}", execute)


def _literal(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    return "'" + value.replace("'", "''").replace("%", "%%") + "'"
