"""Tasks as JSON text, written by PostgreSQL (docs/decisions/0017-a-list-as-json-text.md)."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Text, cast, func, literal_column
from sqlalchemy.dialects.postgresql import aggregate_order_by

from persistence.models import tasks


def array_of_tasks(*order: ColumnElement[Any]) -> ColumnElement[str]:
    """Aggregate the tasks into an array in that order, null where there are none.

    Each has the members of a `Task`, in their order, spelt as orjson spells them.
    """
    objects = func.string_agg(_object(), aggregate_order_by(_text(","), *order))
    return _text("[") + objects + _text("]")


def _object() -> ColumnElement[str]:
    # Of the ways to write a row, `concat` is the fastest: it takes each value as it is printed.
    parts: list[ColumnElement[Any]] = []
    for name, value in _MEMBERS.items():
        parts += _text(f'{"," if parts else "{"}"{name}":'), value
    return func.concat(*parts, _text("}"))


def _time(column: Column[Any]) -> ColumnElement[str]:
    """Write a time as RFC 3339 has it, in UTC, without a fraction where that is zero."""
    in_utc = func.timezone(_text("UTC"), column)
    written = func.to_char(in_utc, _text(r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z"\"'))
    return func.replace(written, _text('.000000Z"'), _text('Z"'))


def _text(value: str) -> ColumnElement[str]:
    return literal_column(f"'{value}'", Text)


_MEMBERS: dict[str, ColumnElement[Any]] = {
    "id": tasks.c.id,
    "user_id": func.to_json(cast(tasks.c.user_id, Text)),
    "title": func.to_json(tasks.c.title),
    "description": func.coalesce(cast(func.to_json(tasks.c.description), Text), _text("null")),
    "completed": func.to_json(tasks.c.completed),
    "created_at": _time(tasks.c.created_at),
    "updated_at": _time(tasks.c.updated_at),
}
