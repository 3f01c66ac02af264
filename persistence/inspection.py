"""Reads the facts about a database that `tasks-api check` judges."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import cast

import psycopg2.extensions
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from persistence import deadline
from persistence.connect import DRIVER_DEFAULTS, Parameters, connect, each_host
from persistence.deadline import NOW
from persistence.errors import sqlstate_of
from persistence.url import connection_parameters
from persistence.users_table import UsersInspection, inspect_users

PARAMETERS = DRIVER_DEFAULTS | {"application_name": "tasks-api check"}

SOCKETS = "/var/run/postgresql"
"""Where libpq connects if nothing names a host."""

PROBE_SECONDS = 0.5
"""For finding out whether anything listens at the address of the database."""

# PostgreSQL 16 has added `reserved_connections`.
CONNECTION_LIMIT = text("""
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


class Failure(Enum):
    """Why a database cannot be inspected."""

    UNREACHABLE = auto()
    """No connection to any of its hosts."""
    SILENT = auto()
    """No answer in time."""
    REJECTED = auto()
    """The server refused the connection or a statement."""


class InspectionFailed(Exception):
    """The database cannot be inspected; the message is one line of libpq's or the server's."""

    def __init__(self, failure: Failure, message: str) -> None:
        super().__init__(message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What a database is like."""

    version: int
    """The major version of PostgreSQL."""

    clock_ahead: float
    """By how many seconds, at least, its clock is ahead of ours; negative if it is behind."""

    revision: str | None
    """The revision of its schema, None if no migration has been applied."""

    connection_limit: int
    """The smallest of the limits of the server, the database and the role."""

    is_behind_pooler: bool
    """Whether a pooler or a proxy answered, and not the server itself."""

    users: UsersInspection | None
    """None if no table was named."""


def try_to_connect(url: str, *, seconds: float) -> None:
    """Connect, and run no statement. Raises InspectionFailed."""
    with _connected(url, seconds):
        pass


def inspect(url: str, *, users_table: str | None, seconds: float) -> DatabaseFacts:
    """Read the facts within `seconds`. Changes nothing.

    Only resolving the host's name can take longer: libpq has no time-out for it. Raises
    InspectionFailed, and ValueError for a URL or a table name that cannot be used.
    """
    with _connected(url, seconds) as connection:
        return DatabaseFacts(
            version=connection.scalars(VERSION).one(),
            clock_ahead=_clock_ahead(connection),
            revision=_revision(connection),
            connection_limit=connection.scalars(CONNECTION_LIMIT).one(),
            is_behind_pooler=_is_behind_pooler(connection),
            users=inspect_users(connection, users_table) if users_table else None,
        )


@contextmanager
def _connected(url: str, seconds: float) -> Iterator[Connection]:
    hosts = each_host(PARAMETERS | connection_parameters(url))
    try:
        with deadline.within(seconds), _engine(hosts, seconds).connect() as connection:
            yield connection
    except (DBAPIError, psycopg2.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        message = str(cause).strip().partition("\n")[0]
        raise InspectionFailed(_failure_of(cause, hosts), message) from error


def _failure_of(cause: BaseException | None, hosts: Sequence[Parameters]) -> Failure:
    if isinstance(cause, deadline.DeadlineExceeded):
        return Failure.SILENT
    # libpq gives no code for a connection that fails, and its text depends on the language.
    # The message is that of the last host.
    is_rejected = (cause and sqlstate_of(cause)) or _accepts_connections(hosts[-1])
    return Failure.REJECTED if is_rejected else Failure.UNREACHABLE


def _accepts_connections(host: Parameters) -> bool:
    name = host.get("hostaddr") or host.get("host") or os.environ.get("PGHOST") or SOCKETS
    port = host.get("port") or os.environ.get("PGPORT") or "5432"
    try:
        if name.startswith("/"):
            with socket.socket(socket.AF_UNIX) as probe:
                probe.settimeout(PROBE_SECONDS)
                probe.connect(f"{name}/.s.PGSQL.{port}")
        else:
            socket.create_connection((name, int(port)), PROBE_SECONDS).close()
    except (OSError, ValueError):
        return False
    return True


def _engine(hosts: Sequence[Parameters], seconds: float) -> Engine:
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
    before = datetime.now(UTC)
    server: datetime = connection.scalars(NOW).one()
    # The server read its clock at some moment in between.
    ahead = (server - datetime.now(UTC)).total_seconds()
    behind = (server - before).total_seconds()
    return max(ahead, 0.0) or min(behind, 0.0)


def _revision(connection: Connection) -> str | None:
    if not connection.scalars(IS_MIGRATED).one():
        return None
    return connection.scalars(REVISION).one_or_none()


def _is_behind_pooler(connection: Connection) -> bool:
    # A pooler reports a process id of its own, by which it recognises requests to cancel.
    driver = cast("psycopg2.extensions.connection", connection.connection.driver_connection)
    return bool(driver.info.backend_pid != connection.scalars(PROCESS_ID).one())
