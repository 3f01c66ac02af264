"""A look at the table of users: is it there, does it fit, and do the tasks belong to it?"""

from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, select, text

from persistence.users_table import better_auths, quoted, stands_in

USABLE = frozenset({"text", "character varying", "uuid", "integer", "bigint"})
"""The types that `owner_type` takes, in the words of SQL; it knows them as SQLAlchemy does."""


@dataclass(frozen=True, slots=True)
class UsersFound:
    """What there is under the name of the users' table."""

    exists: bool
    """Whether there is any table."""

    id_type: str | None
    """The type of its `id`, in the words of SQL; None where there is no such column or table."""

    owner_type: str | None
    """The type of the owner of a task; None where there are no tasks yet."""

    is_owner: bool
    """Whether the tasks refer to this table."""

    is_stand_in: bool
    """Whether it is the stand-in that the migration makes."""

    better_auths: str | None
    """The name of another table, which Better Auth keeps its users in."""


def inspect_users(connection: Connection, users_table: str) -> UsersFound:
    """Read it from the catalog. Raises ValueError for a name that cannot be one."""
    name = quoted(users_table)
    return UsersFound(
        exists=bool(
            connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name})
        ),
        id_type=connection.scalar(_type_of(name, "id")),
        owner_type=connection.scalar(_type_of("tasks", "user_id")),
        is_owner=bool(connection.scalar(_refers_to(name))),
        is_stand_in=bool(connection.scalar(select(stands_in(users_table)))),
        better_auths=connection.scalar(better_auths(users_table)),
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
