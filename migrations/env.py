"""Runs the migrations, all in one transaction; concurrent runs take turns.

`persistence.migrate` passes its arguments in the attributes of Alembic's configuration.
"""

import re
from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, create_engine, select, text
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import SchemaItem

from migrations.task_lists import count
from migrations.users_table import owner_id_type
from persistence.models import build_metadata
from persistence.readiness import VERSION_TABLE
from persistence.users_table import better_auth_table, is_stand_in

# Any number will do, as long as nothing else in the database takes an advisory lock on it.
LOCK = 7_459_321_608_115

# The constraint is ours: another program may have tables with these names.
IS_EARLIER = """
    SELECT to_regclass('tasks_alembic_version') IS NULL
       AND to_regclass('alembic_version') IS NOT NULL
       AND EXISTS (SELECT FROM pg_constraint
                    WHERE conname = 'ck_tasks_title_not_blank' AND conrelid = to_regclass('tasks'))
"""

# Every role that may read the tasks may read their revision, as the service does.
ADOPT = """
    CREATE TABLE tasks_alembic_version (
        version_num varchar(32) CONSTRAINT tasks_alembic_version_pkc PRIMARY KEY
    );
    INSERT INTO tasks_alembic_version VALUES (:revision);
    DO $$
    DECLARE
        reader text;
    BEGIN
        FOR reader IN
            SELECT DISTINCT coalesce(quote_ident(rolname), 'PUBLIC')
              FROM pg_class
             CROSS JOIN aclexplode(coalesce(relacl, acldefault('r', relowner))) AS granted
              LEFT JOIN pg_roles ON pg_roles.oid = granted.grantee
             WHERE pg_class.oid = to_regclass('tasks') AND privilege_type = 'SELECT'
               AND rolname IS DISTINCT FROM current_user
        LOOP
            EXECUTE format('GRANT SELECT ON tasks_alembic_version TO %s', reader);
        END LOOP;
    END
    $$
"""

# How long a run waits for another one to finish, in seconds.
TURN_TIMEOUT = 60.0


def run() -> None:
    """Run what Alembic was asked for, in one transaction, after any other run has finished.

    What takes long comes after that transaction, in small ones.
    """
    given = context.config.attributes
    engine = create_engine(
        "postgresql+psycopg2://",
        connect_args=given["connection_parameters"],
        isolation_level="READ COMMITTED",
        poolclass=NullPool,
    )
    with engine.begin() as connection:
        _require_utf8(connection)
        # This lock ends with the transaction, so it holds behind a transaction-mode pooler too.
        _limit_waiting(connection, TURN_TIMEOUT)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        _limit_waiting(connection, given["lock_timeout"])
        _adopt_version(connection)
        _configure(connection, given["users_table"])
        context.run_migrations()
        given["better_auth_table"] = _beside_stand_in(connection, given["users_table"])
    count(engine)


def _require_utf8(connection: Connection) -> None:
    """Say so before PostgreSQL says that it cannot convert something.

    Raises CommandError.
    """
    encoding = connection.scalar(text("SELECT current_setting('server_encoding')"))
    if encoding != "UTF8":
        message = f"the database must have the encoding UTF8, and has {encoding}: docs/checks.md"
        raise CommandError(message)


def _adopt_version(connection: Connection) -> None:
    """Copy the revision from `alembic_version`, where versions of the service up to 0.1 have it.

    They go on to read it there, so that it is neither changed nor removed. What another program
    keeps there is left alone.
    """
    if not connection.scalar(text(IS_EARLIER)):
        return
    for (revision,) in connection.execute(text("SELECT version_num FROM alembic_version")).all():
        if re.fullmatch(r"[0-9]{4}", revision):
            connection.execute(text(ADOPT), {"revision": revision})


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
        version_table=VERSION_TABLE,
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
