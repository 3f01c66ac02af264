"""The tasks, and where Better Auth's table of users is absent, a stand-in for it."""

from typing import Any

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError
from sqlalchemy.types import TypeEngine

from migrations.users_table import (
    STAND_IN_MARK,
    better_auth_table,
    is_stand_in,
    owner_id_type,
    qualified,
)

revision = "0001"
down_revision = None

# What JavaScript's trim() or Python's str.strip() removes.
BLANKS = (
    r"\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680"
    r"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    r"\u2028\u2029\u202f\u205f\u3000\ufeff"
)


def upgrade() -> None:
    """Create the tasks, with a foreign key of the very type that the users' id has."""
    users_table: str = context.config.attributes["users_table"]
    id_type = owner_id_type(op.get_bind(), users_table)
    if id_type is None:
        id_type = _create_stand_in(users_table, context.config.attributes["users_id_type"])
    _create_tasks(users_table, id_type)


def _create_stand_in(users_table: str, id_type: str) -> TypeEngine[Any]:
    elsewhere = op.get_bind().scalar(better_auth_table(users_table))
    if elsewhere is not None:
        message = (
            f'there is no table "{users_table}", but "{elsewhere}" is Better Auth\'s table of '
            f"users: set USERS_TABLE={elsewhere}; nothing was changed"
        )
        raise CommandError(message)
    name, schema = qualified(users_table)
    op.create_table(
        name,
        _id_of_stand_in(id_type),
        sa.Column("email", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()
        ),
        schema=schema,
        comment=STAND_IN_MARK,
    )
    return sa.Uuid() if id_type == "uuid" else sa.Text()


def _id_of_stand_in(id_type: str) -> sa.Column[Any]:
    if id_type == "uuid":  # Better Auth leaves it to the database to make one.
        default = sa.text("pg_catalog.gen_random_uuid()")
        return sa.Column("id", sa.Uuid, primary_key=True, server_default=default)
    return sa.Column("id", sa.Text, primary_key=True)


def _create_tasks(users_table: str, id_type: TypeEngine[Any]) -> None:
    name, schema = qualified(users_table)
    metadata = sa.MetaData()
    users = sa.Table(name, metadata, sa.Column("id", id_type), schema=schema)
    time = sa.DateTime(timezone=True)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("user_id", id_type, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("completed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created_at", time, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", time, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.ForeignKeyConstraint(
            ["user_id"], [users.c.id], op.f("fk_tasks_user_id"), ondelete="CASCADE"
        ),
        *_checks(),
    )
    newest_first: list[str | sa.TextClause] = [
        "user_id",
        sa.text("created_at DESC"),
        sa.text("id DESC"),
    ]
    op.create_index(op.f("ix_tasks_newest_first"), "tasks", newest_first)
    op.create_index(op.f("ix_tasks_completed"), "tasks", ["user_id", "completed"])


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "ck_tasks_title_length": "char_length(title) BETWEEN 1 AND 500",
        "ck_tasks_title_not_blank": f"btrim(title, E'{BLANKS}') <> ''",
        "ck_tasks_description_length": "char_length(description) <= 65536",
        "ck_tasks_updated_after_created": "updated_at >= created_at",
    }
    return [sa.CheckConstraint(rule, op.f(name)) for name, rule in rules.items()]


def downgrade() -> None:
    """Drop every task, and the users only where they are our stand-in, untouched by Better Auth."""
    users_table: str = context.config.attributes["users_table"]
    op.drop_table("tasks")
    if op.get_bind().scalar(sa.select(is_stand_in(users_table))):
        name, schema = qualified(users_table)
        op.drop_table(name, schema=schema)
