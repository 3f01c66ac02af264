"""The users' table: its name, the columns that we use, what it is like, and our stand-in for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    TableClause,
    Text,
    TextClause,
    bindparam,
    cast,
    column,
    quoted_name,
    select,
    table,
    text,
)

# Databases in use carry this comment, so it never changes.
Scalar = Callable[[Executable], Awaitable[Any]]
"""Runs a statement, and returns the first value of its first row; None if there is no row."""

STAND_IN_MARK = "tasks-api: stands in for Better Auth's table of users"

LONGEST_IDENTIFIER = 63

USABLE_ID_TYPES = frozenset({"text", "character varying", "uuid", "integer", "bigint"})
"""The types, as SQL names them, that a foreign key of the tasks can refer to."""


def qualified(users_table: str) -> tuple[quoted_name, quoted_name | None]:
    """Split `users`, `user` or `auth.users` into name and schema, both to be quoted.

    Raises ValueError for what cannot name a table.
    """
    *schema, name = parts = users_table.split(".")
    if len(schema) > 1 or not all(map(_is_identifier, parts)):
        message = f"not the name of a table, with or without its schema: {users_table!r}"
        raise ValueError(message)
    return quoted_name(name, quote=True), quoted_name(schema[0], quote=True) if schema else None


def quoted(users_table: str) -> str:
    """Return the name as SQL quotes it. Raises ValueError for what cannot name a table."""
    name, schema = qualified(users_table)
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name) if part)


def _is_identifier(part: str) -> bool:
    return 0 < len(part.encode()) <= LONGEST_IDENTIFIER and "\0" not in part


def users_named(users_table: str) -> TableClause:
    """Return the table with the columns that a stand-in and Better Auth's table share.

    The columns have no type, so that PostgreSQL reads a value as the type that they really have.
    """
    name, schema = qualified(users_table)
    return table(name, column("id"), column("email"), column("name"), schema=schema)


# The owner is sent without a type, so that PostgreSQL reads it as the type of the users' id, and
# finds it by the index. It is returned as text. PostgreSQL reads `0x10` as 16, so the text has to
# be equal as well; that is another parameter, because in a prepared statement each has one type.
OWNER: BindParameter[str] = bindparam("owner")
OWNER_AS_TEXT: BindParameter[str] = bindparam("owner_as_text", type_=Text)


def equals_owner(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Compare an id with the owner: as the column's type, by the index, and as text."""
    return (column == OWNER) & (cast(column, Text) == OWNER_AS_TEXT)


def is_stand_in(users_table: str) -> TextClause:
    """Select whether the table is our stand-in: it has our comment and no column but ours.

    A stand-in that Better Auth's migrations have extended belongs to Better Auth from then on.
    """
    return text("""
        coalesce((
            SELECT obj_description(to_regclass(:users_table), 'pg_class') = :mark
               AND array_agg(attname::text ORDER BY attnum) = '{id,email,name,created_at}'
              FROM pg_attribute
             WHERE attrelid = to_regclass(:users_table) AND attnum > 0 AND NOT attisdropped
        ), false)
    """).bindparams(users_table=quoted(users_table), mark=STAND_IN_MARK)


def better_auth_table(users_table: str) -> TextClause:
    """Select the name of another table that looks like Better Auth's users, or null.

    Better Auth lets every column be renamed, so it is found only by the default names.
    """
    return text("""
        SELECT CASE WHEN nspname = current_schema() THEN '' ELSE nspname || '.' END || relname
          FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace,
               LATERAL (SELECT array_agg(attname::text) AS names FROM pg_attribute
                         WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped) AS its
         WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%'
           AND pg_class.oid IS DISTINCT FROM to_regclass(:users_table)
           AND its.names @> '{id,name,email,image}'
           AND its.names && '{emailVerified,email_verified}'
         ORDER BY 1 LIMIT 1
    """).bindparams(users_table=quoted(users_table))


@dataclass(frozen=True, slots=True)
class UsersInspection:
    """What the database has under the name of the users' table."""

    exists: bool

    id_type: str | None
    """The type of its `id`, as SQL names it; None if there is no such column or table."""

    owner_type: str | None
    """The type of `tasks.user_id`; None if there is no table of tasks yet."""

    is_referenced: bool
    """Whether the foreign key of the tasks refers to this table."""

    is_stand_in: bool
    """Whether it is the stand-in that the migration creates."""

    better_auth_table: str | None
    """The name of another table that looks like Better Auth's users."""


async def inspect_users(scalar: Scalar, users_table: str) -> UsersInspection:
    """Read the catalog. Raises ValueError for what cannot name a table."""
    name = quoted(users_table)
    return UsersInspection(
        exists=await scalar(text("SELECT to_regclass(:name) IS NOT NULL").bindparams(name=name)),
        id_type=await scalar(_type_of(name, "id")),
        owner_type=await scalar(_type_of("tasks", "user_id")),
        is_referenced=bool(await scalar(_refers_to(name))),
        is_stand_in=bool(await scalar(select(is_stand_in(users_table)))),
        better_auth_table=await scalar(better_auth_table(users_table)),
    )


def _type_of(table: str, column: str) -> TextClause:
    return text("""
        SELECT format_type(atttypid, NULL) FROM pg_attribute
         WHERE attrelid = to_regclass(:table) AND attname = :column AND NOT attisdropped
    """).bindparams(table=table, column=column)


def _refers_to(users_table: str) -> TextClause:
    return text("""
        SELECT true FROM pg_constraint
         WHERE conrelid = to_regclass('tasks') AND confrelid = to_regclass(:users_table)
           AND contype = 'f'
    """).bindparams(users_table=users_table)
