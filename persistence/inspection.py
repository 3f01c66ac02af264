"""A look at a database before anybody depends on it: facts, which somebody else judges."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from persistence import deadline
from persistence.connect import connect, each_host
from persistence.pool import DRIVER_DEFAULTS
from persistence.server_clock import NOW
from persistence.url import connection_parameters
from persistence.users_inspection import UsersFound, inspect_users

PARAMETERS = DRIVER_DEFAULTS | {"application_name": "tasks-api check"}

# PostgreSQL 16 has added `reserved_connections`.
ROOM = text("""
    SELECT least(
        current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int,
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)
    )
""")
VERSION = text("SELECT current_setting('server_version_num')::int / 10000")
IS_MIGRATED = text("SELECT to_regclass('alembic_version') IS NOT NULL")
REVISION = text("SELECT version_num FROM alembic_version")
PROCESS_ID = text("SELECT pg_backend_pid()")


class NotInspected(Exception):
    """The database did not let us look; the message is one line of libpq's or the server's."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a database is like."""

    version: int
    """The major version of PostgreSQL."""

    clock_ahead: float
    """The seconds by which its clock is ahead of ours at least; negative where it is behind."""

    revision: str | None
    """The migration that it is at, None where none has been applied."""

    room: int
    """The connections that the server, the database and the role together allow."""

    is_relayed: bool
    """Whether a pooler or a proxy answered, and not the server itself."""

    users: UsersFound | None
    """None where no name was given to look for."""


def reach(url: str, *, seconds: float) -> None:
    """Connect, and ask nothing. Raises NotInspected."""
    with _connected(url, seconds):
        pass


def inspect(url: str, *, users_table: str | None, seconds: float) -> Facts:
    """Read the facts; changes nothing, and waits no longer than that for all of it.

    Only the look-up of the host's name can take longer: libpq does that without a time-out. Raises
    NotInspected, and ValueError for a URL or a table name that cannot be used.
    """
    with _connected(url, seconds) as connection:
        return Facts(
            version=connection.scalars(VERSION).one(),
            clock_ahead=_clock_ahead(connection),
            revision=_revision(connection),
            room=connection.scalars(ROOM).one(),
            is_relayed=_is_relayed(connection),
            users=inspect_users(connection, users_table) if users_table else None,
        )


@contextmanager
def _connected(url: str, seconds: float) -> Iterator[Connection]:
    engine = _engine(url, seconds)
    try:
        with deadline.within(seconds), engine.connect() as connection:
            yield connection
    except (DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise NotInspected(str(cause).strip().partition("\n")[0]) from error


def _engine(url: str, seconds: float) -> Engine:
    hosts = each_host(PARAMETERS | connection_parameters(url))
    engine = create_engine(
        "postgresql+psycopg2://",
        isolation_level="AUTOCOMMIT",
        use_native_hstore=False,
        poolclass=NullPool,
    )
    deadline.install()
    event.listen(engine, "do_connect", lambda dialect, *_: connect(dialect.connect, hosts, seconds))
    return engine


def _clock_ahead(connection: Connection) -> float:
    asked_at = datetime.now(UTC)
    told: datetime = connection.scalars(NOW).one()
    # Somewhere in between, the server has looked at its clock.
    too_late = (told - datetime.now(UTC)).total_seconds()
    too_early = (told - asked_at).total_seconds()
    return max(too_late, 0.0) or min(too_early, 0.0)


def _revision(connection: Connection) -> str | None:
    if not connection.scalars(IS_MIGRATED).one():
        return None
    return connection.scalars(REVISION).one_or_none()


def _is_relayed(connection: Connection) -> bool:
    # Who stands in between names a process id of its own, by which it knows what to cancel.
    driver = cast("psycopg2.extensions.connection", connection.connection.driver_connection)
    return bool(driver.info.backend_pid != connection.scalars(PROCESS_ID).one())
