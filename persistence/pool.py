"""Connections to PostgreSQL: each is lent for one statement, and replaced alone when it breaks."""

import select
import time
from collections.abc import Mapping
from contextlib import closing, nullcontext
from datetime import datetime
from typing import Any, NamedTuple, cast

import psycopg2
from psycopg2.extensions import BYTES, connection, register_type
from sqlalchemy import Engine, Executable, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, QueuePool

from persistence import deadline
from persistence.compiled import Rows, Span, compiled
from persistence.connect import DRIVER_DEFAULTS, connect, each_host
from persistence.deadline import NOW, ServerTimeouts, server_deadline
from persistence.errors import ConnectionLost
from persistence.url import connection_parameters

RECYCLE_SECONDS = 1800
"""An idle connection is replaced after half an hour, before a firewall forgets it."""

CHECK_AFTER_SECONDS = 15.0
"""A connection that was idle for longer is tested before it is lent."""

CHECK_SECONDS = 1.0
"""How long that test may take; a silent network does not answer at all."""

READ_ONLY = "25006"

Values = Mapping[str, object]

_USED_AT = "used_at"


class PoolState(NamedTuple):
    """The connections of a pool, and how many statements were retried since it was made."""

    size: int
    """The maximum."""
    open: int
    in_use: int
    retries: int


class ConnectionPool:
    """At most `size` connections, opened on demand, each lent for one statement.

    Every statement is a transaction of its own and takes one round trip. Nothing is set on a
    connection that would outlive the statement, so a pooler in transaction mode may stand in
    between. All times are in seconds. The thread's deadline bounds everything except the wait for a
    connection.
    """

    def __init__(  # noqa: PLR0913 -- each is one setting of the service
        self,
        url: str,
        *,
        size: int,
        timeout: float,
        connect_timeout: float,
        statement_timeout: float,
        lock_timeout: float,
        span: Span = nullcontext,
    ) -> None:
        parameters = DRIVER_DEFAULTS | connection_parameters(url)
        self._hosts = each_host(parameters)
        # libpq ignores this parameter when the caller waits for the connection itself.
        self._connect_timeout = float(parameters.get("connect_timeout", 0)) or connect_timeout
        self._span = span
        self._timeouts = ServerTimeouts(statement=statement_timeout, lock=lock_timeout)
        self._engine = create_engine(
            "postgresql+psycopg2://",
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            use_native_hstore=False,
            pool_size=size,
            max_overflow=0,
            pool_timeout=timeout,
            pool_recycle=RECYCLE_SECONDS,
            pool_reset_on_return=None,
            pool_use_lifo=True,
        )
        self._retries = 0
        deadline.install()
        event.listen(self._engine, "do_connect", self._connect)
        _replace_dead_connections(self._engine)

    def execute(
        self,
        statement: Executable,
        values: Values,
        *,
        repeatable: bool = False,
        expires: bool = False,
        as_bytes: bool = False,
    ) -> Rows:
        """Run one statement and return its rows, with text `as_bytes` if it is only passed on.

        When a connection breaks, nobody knows whether the statement was carried out. A `repeatable`
        statement, which has the same effect twice as once, is then retried on another connection.
        A statement that `expires` gets its deadline, by the server's clock, as `expires_at`.

        Raises what psycopg2 and SQLAlchemy's pool raise; `errors.translated` knows all of it.
        """
        with closing(self._engine.raw_connection()) as lent:
            try:
                if expires:
                    values = {**values, "expires_at": self._expiry(lent)}
                return self._run(lent, statement, values, as_bytes=as_bytes)
            except psycopg2.Error as error:
                is_broken = _drop_if_broken(lent, error)
                if is_broken and not (repeatable and deadline.remaining() > 0):
                    raise ConnectionLost(error) from error
                if not is_broken:
                    raise
        self._retries += 1
        return self.execute(statement, values, expires=expires, as_bytes=as_bytes)

    @property
    def state(self) -> PoolState:
        """The state of this moment. Other threads go on meanwhile, so it is approximate."""
        pool = cast("QueuePool", self._engine.pool)
        in_use = pool.checkedout()
        return PoolState(pool.size(), pool.checkedin() + in_use, in_use, self._retries)

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    def _run(
        self, lent: PoolProxiedConnection, statement: Executable, values: Values, *, as_bytes: bool
    ) -> Rows:
        text, constants = compiled(statement)
        with self._span(text), closing(lent.cursor()) as cursor:
            if as_bytes:
                register_type(BYTES, cast("psycopg2.extensions.cursor", cursor))
            cursor.execute(self._timeouts.sql() + text, {**constants, **values})
            return cursor.fetchall() if cursor.description else ()

    def _connect(self, dialect: Dialect, *_: object) -> DBAPIConnection:
        return connect(dialect.connect, self._hosts, self._connect_timeout)

    def _expiry(self, lent: PoolProxiedConnection) -> datetime:
        return server_deadline(lent.info, lambda: self._run(lent, NOW, {}, as_bytes=False)[0][0])


def _drop_if_broken(lent: PoolProxiedConnection, error: psycopg2.Error) -> bool:
    """Drop this connection if it is broken or read-only; return whether it is broken."""
    # After a fail-over, a connection may lead to a server that stays a standby for ever.
    is_broken = bool(cast("connection", lent.dbapi_connection).closed)
    if is_broken or error.pgcode == READ_ONLY:
        lent.invalidate(error)
    return is_broken


def _replace_dead_connections(engine: Engine) -> None:
    """Have the pool test a connection before it is lent, and replace it alone if it is dead.

    A connection that the server has closed has something to read, which takes no round trip to see.
    A silent network leaves no trace, so a connection that was idle for long is pinged in any case.
    """

    def check(lent: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        used_at = entry.info.get(_USED_AT)
        if used_at is None:  # It is new.
            return
        if time.monotonic() - used_at < CHECK_AFTER_SECONDS and not _is_readable(lent):
            return
        try:
            with deadline.within(CHECK_SECONDS):
                engine.dialect.do_ping(lent)
        except psycopg2.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkout", check)
    event.listen(engine, "checkin", _note_the_time)


def _note_the_time(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def _is_readable(lent: connection) -> bool:
    """Return whether bytes or the end of the stream have arrived without a request."""
    arrived = select.poll()
    arrived.register(lent.fileno(), select.POLLIN)
    return bool(arrived.poll(0))
