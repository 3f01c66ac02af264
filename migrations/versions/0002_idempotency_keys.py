"""The keys of additions that may be asked for more than once.

A new table, and a foreign key to the users: for a moment, no user can be added or changed. Taking
it back forgets the keys, and with them which additions have been answered.
"""

import sqlalchemy as sa
from alembic import context, op
from alembic.util import CommandError

from migrations.users_table import owner_id_type, qualified

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, with a foreign key of the very type that the users' id has."""
    users_table: str = context.config.attributes["users_table"]
    id_type = owner_id_type(op.get_bind(), users_table)
    if id_type is None:
        message = f'there is no table "{users_table}" (see USERS_TABLE)'
        raise CommandError(message)
    name, schema = qualified(users_table)
    users = sa.Table(name, sa.MetaData(), sa.Column("id", id_type), schema=schema)
    op.create_table(
        "idempotency_keys",
        sa.Column("user_id", id_type, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("task_id", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_keys")),
        sa.ForeignKeyConstraint(
            ["user_id"], [users.c.id], op.f("fk_idempotency_keys_user_id"), ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "char_length(key) BETWEEN 1 AND 255", op.f("ck_idempotency_keys_key_length")
        ),
    )
    op.create_index(op.f("ix_idempotency_keys_created_at"), "idempotency_keys", ["created_at"])


def downgrade() -> None:
    """Drop every key."""
    op.drop_table("idempotency_keys")
