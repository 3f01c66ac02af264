"""Reads the facts about a database that `tasks-api check` judges."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from functools import partial
from typing import Any, TypeVar

import psycopg2
from sqlalchemy import Executable, text

from persistence.compiled import compiled
from persistence.connection import (
    DRIVER_DEFAULTS,
    Connection,
    DeadlineExceeded,
    Parameters,
    Sockets,
    connect,
    each_host,
)
from persistence.deadline import NOW
from persistence.readiness import VERSION_TABLE
from persistence.rights import RIGHTS
from persistence.tls import TlsFailure, tls_failure
from persistence.url import connection_parameters
from persistence.users_table import Scalar, UsersInspection, inspect_users, quoted

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
REVISION = text("SELECT version_num FROM tasks_alembic_version")
PROCESS_ID = text("SELECT pg_backend_pid()")
ENCODING = text("SELECT current_setting('server_encoding')")
# The session sets nothing of its own, so that its transactions are like those of the service.
READ_ONLY = text("SELECT current_setting('transaction_read_only')::boolean")
STANDBY = text("SELECT pg_is_in_recovery()")

# It may read neither a table that is not there, nor one that another role has kept for itself.
CAN_READ = text("""
    SELECT coalesce(has_table_privilege(to_regclass(:name), 'SELECT'), false)
""")
OTHERS_TABLES = text("""
    SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class
     WHERE oid IN (to_regclass('tasks'), to_regclass('task_lists'), to_regclass('idempotency_keys'))
       AND to_regclass(:version_table) IS NULL
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'ck_tasks_title_not_blank'
                                                   AND conrelid = to_regclass('tasks'))
""").bindparams(version_table=VERSION_TABLE)
# Without USAGE on a schema, a role sees the catalog, and names do not lead there.
HIDDEN_SCHEMA = text("""
    SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relname = :name AND relkind IN ('r', 'p') AND to_regclass(:name) IS NULL
     ORDER BY has_schema_privilege(nspname, 'USAGE') DESC, nspname LIMIT 1
""").bindparams(name=VERSION_TABLE)
LACKS_USAGE = text("SELECT NOT has_schema_privilege(:schema, 'USAGE')")
IS_MISSING = text("SELECT to_regclass(:name) IS NULL")
LACKS_RIGHT = text("""
    SELECT to_regclass(:name) IS NOT NULL AND NOT has_table_privilege(to_regclass(:name), :right)
""")
# Not where a policy lets the role do everything with every row: then the service works.
ROW_SECURITY = text("""
    SELECT coalesce(row_security_active(to_regclass(:name)::oid), false) AND NOT coalesce((
        SELECT bool_and(polpermissive) AND bool_or(
                   polcmd = '*' AND pg_get_expr(polqual, polrelid) = 'true'
                   AND coalesce(pg_get_expr(polwithcheck, polrelid), 'true') = 'true'
                   AND polroles && ARRAY[0, to_regrole(quote_ident(current_user))::oid])
          FROM pg_policy WHERE polrelid = to_regclass(:name)), false)
""")


T = TypeVar("T")


class Failure(Enum):
    """Why a database cannot be inspected."""

    UNREACHABLE = auto()
    """No connection to any of its hosts."""
    SILENT = auto()
    """No answer in time."""
    REJECTED = auto()
    """The server refused the connection or a statement."""
    NO_TLS = auto()
    """TLS is required, and the server has none."""
    UNKNOWN_AUTHORITY = auto()
    """The certificate of the server is signed by an authority that is not known."""
    WRONG_NAME = auto()
    """The certificate of the server is for another name."""
    EXPIRED = auto()
    """The certificate of the server has expired or is not yet valid."""


_TLS_FAILURES = {
    TlsFailure.NOT_OFFERED: Failure.NO_TLS,
    TlsFailure.UNKNOWN_AUTHORITY: Failure.UNKNOWN_AUTHORITY,
    TlsFailure.WRONG_NAME: Failure.WRONG_NAME,
    TlsFailure.EXPIRED: Failure.EXPIRED,
}


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

    encoding: str
    """In which it keeps text, as PostgreSQL names it."""

    is_standby: bool
    """Whether it follows another server, and takes no writes until it is promoted."""

    is_read_only: bool
    """Whether transactions are read-only: on a standby, or by `default_transaction_read_only`."""

    others_tables: str | None
    """The tables with our names that are not ours."""

    hidden_schema: str | None
    """Where our tables are, if their names alone do not lead there."""

    missing_tables: Sequence[str]
    """Those of ours that no name leads to."""

    row_security: Sequence[str]
    """The tables whose rows row-level security keeps from the role, or some of them."""

    missing_rights: Sequence[str]
    """What the service does and this role may not, such as `INSERT on tasks`."""

    may_add_users: bool
    """Whether the role may add rows to the table of users."""

    users: UsersInspection | None
    """None if no table was named."""


def try_to_connect(url: str, *, seconds: float) -> None:
    """Connect, and run no statement. Raises InspectionFailed."""
    _run(url, seconds, _nothing)


def inspect(url: str, *, users_table: str | None, seconds: float) -> DatabaseFacts:
    """Read the facts within `seconds`. Changes nothing.

    Only resolving the host's name can take longer: the system's resolver cannot be stopped. Raises
    InspectionFailed, and ValueError for a URL or a table name that cannot be used.
    """
    return _run(url, seconds, partial(_facts, users_table=users_table))


def _run(url: str, seconds: float, read: Callable[[Scalar, int], Awaitable[T]]) -> T:
    with event_loop_runner() as runner:
        return runner.run(_inspect(url, seconds, read))


def event_loop_runner() -> asyncio.Runner:
    """Return a runner of coroutines for a thread without an event loop.

    Entering it raises OSError if no file descriptor is left for one. `asyncio.run` would have been
    given the coroutine by then, and would drop it: Python warns of that on standard error.
    """
    return asyncio.Runner(loop_factory=_EventLoop)


class _EventLoop(asyncio.SelectorEventLoop):
    """An event loop whose finalizer does nothing if its constructor has failed.

    That of asyncio fails in that case. uvloop is no way out: without a descriptor, libuv ends the
    process.
    """

    _is_complete = False

    def __init__(self) -> None:
        super().__init__()
        self._is_complete = True

    def __del__(self) -> None:
        if self._is_complete:
            super().__del__()


async def _inspect(url: str, seconds: float, read: Callable[[Scalar, int], Awaitable[T]]) -> T:
    hosts = each_host(PARAMETERS | connection_parameters(url))
    deadline = time.monotonic() + seconds
    try:
        connection = await connect(hosts, sockets=Sockets(), deadline=deadline)
        try:
            return await read(partial(_scalar, connection, deadline), connection.backend_pid)
        finally:
            connection.close()
    except psycopg2.Error as error:
        message = str(error).strip().partition("\n")[0]
        raise InspectionFailed(_failure_of(error, hosts), message) from error


async def _scalar(connection: Connection, deadline: float, statement: Executable) -> Any:
    rows = await connection.execute(compiled(statement).text, {}, deadline=deadline)
    return rows[0][0] if rows else None


async def _nothing(_scalar: Scalar, _backend_pid: int) -> None:
    """Read nothing."""


async def _facts(scalar: Scalar, backend_pid: int, *, users_table: str | None) -> DatabaseFacts:
    hidden_schema = await scalar(HIDDEN_SCHEMA)
    return DatabaseFacts(
        version=await scalar(VERSION),
        clock_ahead=await _clock_ahead(scalar),
        revision=await _revision(scalar),
        connection_limit=await scalar(CONNECTION_LIMIT),
        # A pooler reports a process id of its own, by which it recognises requests to cancel.
        is_behind_pooler=await scalar(PROCESS_ID) != backend_pid,
        encoding=await scalar(ENCODING),
        is_standby=await scalar(STANDBY),
        is_read_only=await scalar(READ_ONLY),
        others_tables=await scalar(OTHERS_TABLES),
        hidden_schema=hidden_schema,
        missing_tables=[each for each in RIGHTS if await scalar(IS_MISSING.bindparams(name=each))],
        row_security=await _row_security(scalar, users_table),
        missing_rights=[
            *await _missing_usage(scalar, hidden_schema),
            *await _missing_rights(scalar, users_table),
        ],
        may_add_users=await _lacks(scalar, users_table, "INSERT") is None,
        users=await inspect_users(scalar, users_table) if users_table else None,
    )


async def _revision(scalar: Scalar) -> str | None:
    if not await scalar(CAN_READ.bindparams(name=VERSION_TABLE)):
        return None
    revision: str | None = await scalar(REVISION)
    return revision


async def _missing_usage(scalar: Scalar, schema: str | None) -> Sequence[str]:
    if schema is None or not await scalar(LACKS_USAGE.bindparams(schema=schema)):
        return []
    return [f"USAGE on schema {schema}"]


async def _row_security(scalar: Scalar, users_table: str | None) -> Sequence[str]:
    tables = [*RIGHTS, *([users_table] if users_table else [])]
    return [each for each in tables if await scalar(ROW_SECURITY.bindparams(name=quoted(each)))]


async def _missing_rights(scalar: Scalar, users_table: str | None) -> Sequence[str]:
    missing = [
        await _lacks(scalar, table, right) for table, rights in RIGHTS.items() for right in rights
    ]
    missing.append(await _lacks(scalar, users_table, "SELECT"))
    return [each for each in missing if each is not None]


async def _lacks(scalar: Scalar, table: str | None, right: str) -> str | None:
    """Return what the role may not do with a table that there is; None if it may."""
    if table is None:
        return None
    question = LACKS_RIGHT.bindparams(name=quoted(table), right=right)
    return f"{right} on {table}" if await scalar(question) else None


async def _clock_ahead(scalar: Scalar) -> float:
    before = datetime.now(UTC)
    server: datetime = await scalar(NOW)
    # The server read its clock at some moment in between.
    ahead = (server - datetime.now(UTC)).total_seconds()
    behind = (server - before).total_seconds()
    return max(ahead, 0.0) or min(behind, 0.0)


def _failure_of(cause: psycopg2.Error, hosts: Sequence[Parameters]) -> Failure:
    if isinstance(cause, DeadlineExceeded):
        return Failure.SILENT
    # libpq gives no code for a connection that fails, and its text depends on the language.
    # The message is that of the last host.
    if cause.pgcode:
        return Failure.REJECTED
    if not _accepts_connections(hosts[-1]):
        return Failure.UNREACHABLE
    return _tls_failure_of(hosts[-1]) or Failure.REJECTED


def _tls_failure_of(host: Parameters) -> Failure | None:
    name, port = _address_of(host)
    if name.startswith("/"):
        return None
    parameters = {key: str(value) for key, value in host.items()}
    failure = tls_failure((name, int(port)), parameters.get("host", name), parameters)
    return failure and _TLS_FAILURES[failure]


def _address_of(host: Parameters) -> tuple[str, str]:
    name = host.get("hostaddr") or host.get("host") or os.environ.get("PGHOST") or SOCKETS
    return name, host.get("port") or os.environ.get("PGPORT") or "5432"


def _accepts_connections(host: Parameters) -> bool:
    name, port = _address_of(host)
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
