"""The table of users as the migrations have always seen it.

A migration has to mean the same next year, so this is frozen. It imports nothing of the service,
whose own view of the table, `persistence/users_table.py`, may change.
"""

from typing import Any

from alembic.util import CommandError
from sqlalchemy import (
    BIGINT,
    INTEGER,
    TEXT,
    UUID,
    VARCHAR,
    Connection,
    TextClause,
    inspect,
    quoted_name,
    text,
)
from sqlalchemy.types import TypeEngine

STAND_IN_MARK = "tasks-api: stands in for Better Auth's table of users"
"""The comment on a stand-in. Databases in use carry it, so it never changes."""

USABLE_ID_TYPES = (TEXT, VARCHAR, UUID, INTEGER, BIGINT)


def qualified(users_table: str) -> tuple[quoted_name, quoted_name | None]:
    """Split `users` or `auth.users` into name and schema. `persistence.migrate` validates it."""
    schema, _, name = users_table.rpartition(".")
    return quoted_name(name, quote=True), quoted_name(schema, quote=True) if schema else None


def owner_id_type(connection: Connection, users_table: str) -> TypeEngine[Any] | None:
    """Return the type of the users' `id`; None if there is no such table.

    Raises CommandError, which ends the migration, if there is no `id` or a foreign key cannot use
    its type.
    """
    name, schema = qualified(users_table)
    inspector = inspect(connection)
    if not inspector.has_table(name, schema=schema):
        return None
    columns = {
        column["name"]: column["type"] for column in inspector.get_columns(name, schema=schema)
    }
    found = columns.get("id")
    if not isinstance(found, USABLE_ID_TYPES):
        kind = "missing" if found is None else f"of type {found}"
        message = (
            f'the id of the table "{users_table}" is {kind}; it has to be '
            "text, varchar, uuid, integer or bigint (see USERS_TABLE)"
        )
        raise CommandError(message)
    return found


def is_stand_in(users_table: str) -> TextClause:
    """Select whether the table is our stand-in: it has our comment and no column but ours."""
    return text("""
        coalesce((
            SELECT obj_description(to_regclass(:users_table), 'pg_class') = :mark
               AND array_agg(attname::text ORDER BY attnum) = '{id,email,name,created_at}'
              FROM pg_attribute
             WHERE attrelid = to_regclass(:users_table) AND attnum > 0 AND NOT attisdropped
        ), false)
    """).bindparams(users_table=_quoted(users_table), mark=STAND_IN_MARK)


def better_auth_table(users_table: str) -> TextClause:
    """Select the name of another table that looks like Better Auth's users, or null."""
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
    """).bindparams(users_table=_quoted(users_table))


def _quoted(users_table: str) -> str:
    name, schema = qualified(users_table)
    return ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name) if part)
