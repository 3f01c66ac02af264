"""The users' table: its name, the columns that we use, and whether it is our stand-in."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    TableClause,
    Text,
    TextClause,
    cast,
    column,
    quoted_name,
    table,
    text,
)

# Databases in use carry this mark, so it never changes.
STAND_IN_MARK = "tasks-api: stands in for Better Auth's table of users"

LONGEST_IDENTIFIER = 63


def qualified(users_table: str) -> tuple[quoted_name, quoted_name | None]:
    """Split `users`, `user` or `auth.users` into name and schema, to be quoted as they are.

    Raises ValueError where that cannot name a table.
    """
    *schema, name = parts = users_table.split(".")
    if len(schema) > 1 or not all(map(_is_identifier, parts)):
        message = f"not the name of a table, with or without its schema: {users_table!r}"
        raise ValueError(message)
    return quoted_name(name, quote=True), quoted_name(schema[0], quote=True) if schema else None


def users_named(users_table: str) -> TableClause:
    """Give the table with the columns that a stand-in and Better Auth's table share.

    The columns have no type, so that PostgreSQL reads a value as whatever type they really have.
    """
    name, schema = qualified(users_table)
    return table(name, column("id"), column("email"), column("name"), schema=schema)


def is_owner(column: ColumnElement[Any], owner: BindParameter[str]) -> ColumnElement[bool]:
    """Compare an id with an owner: by the index, and then to the letter."""
    return (column == owner) & (cast(column, Text) == owner)


def stands_in(users_table: str) -> TextClause:
    """Ask whether the table is our stand-in: marked as ours, and with no column added since.

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


def better_auths(users_table: str) -> TextClause:
    """Ask for the name of a table of Better Auth's users that is not this one; null for none.

    Better Auth lets every column be renamed, so that one is found only by the usual names.
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


def quoted(users_table: str) -> str:
    """Spell the name as SQL does. Raises ValueError where it cannot name a table."""
    name, schema = qualified(users_table)
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name) if part)


def _is_identifier(part: str) -> bool:
    return 0 < len(part.encode()) <= LONGEST_IDENTIFIER and "\0" not in part
