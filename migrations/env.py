"""Runs the migrations, all in one transaction; concurrent runs take turns.

`persistence.migrate` passes its arguments in the attributes of Alembic's configuration.
"""

from typing import Any

from alembic import context
from sqlalchemy import Connection, MetaData, create_engine, select, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from migrations.task_lists import count
from migrations.users_table import owner_id_type
from persistence.models import build_metadata
from persistence.users_table import better_auth_table, is_stand_in

# Any number will do, as long as nothing else in the database takes an advisory lock on it.
LOCK = 7_459_321_608_115

# How long a run waits for another one to finish, in seconds.
TURN_TIMEOUT = 60.0


def run() -> None:
    """Run what Alembic was asked for, in one transaction, after any other run has finished.

    What takes long comes after that transaction, in small ones.
    """
    given = context.config.attributes
    engine = create_engine(
        "postgresql+psycopg2://",
        connect_args={"connect_timeout": 10} | given["connection_parameters"],
        isolation_level="READ COMMITTED",
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        # This lock ends with the transaction, so it holds behind a transaction-mode pooler too.
        _limit_waiting(connection, TURN_TIMEOUT)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _limit_waiting(connection, given["lock_timeout"])
        _configure(connection, given["users_table"])
        context.run_migrations()
        given["better_auth_table"] = _beside_stand_in(connection, given["users_table"])
    count(engine)


def _beside_stand_in(connection: Connection, users_table: str) -> str | None:
    if not connection.scalar(select(is_stand_in(users_table))):
        return None
    found: str | None = connection.scalar(better_auth_table(users_table))
    return found


def _limit_waiting(connection: Connection, seconds: float) -> None:
    timeout = {"timeout": f"{round(seconds * 1000)}ms"}
    connection.execute(text("SELECT set_config('lock_timeout', :timeout, true)"), timeout)


def _configure(connection: Connection, users_table: str) -> None:
    metadata = build_metadata(users_table, owner_id_type(connection, users_table))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        include_object=lambda item, _name, kind, _reflected, _other: _is_ours(item, kind, metadata),
    )


def _is_ours(item: SchemaItem, kind: str, metadata: MetaData) -> bool:
    """Limit autogenerate to our tables, so that it never proposes to change another's."""
    if kind != "table":
        return True
    described: Any = metadata.tables.get(getattr(item, "key", ""))
    return described is not None and not described.info.get("belongs_to_better_auth")


run()
