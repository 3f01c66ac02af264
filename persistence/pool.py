"""Connections to PostgreSQL: lent for one statement, dropped alone, tried once more."""

from collections.abc import Mapping
from contextlib import closing, nullcontext
from datetime import datetime
from typing import cast

import psycopg2
from psycopg2.extensions import BYTES, connection, register_type
from sqlalchemy import Executable, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import PoolProxiedConnection

from persistence import deadline
from persistence.compiled import Rows, Watch, prepared
from persistence.connect import connect, each_host
from persistence.errors import ConnectionLost
from persistence.idle import replace_dead_connections
from persistence.limits import Limits
from persistence.pool_state import PoolState, state_of
from persistence.server_clock import NOW, deadline_of
from persistence.url import connection_parameters

# A network that falls silent is given up after about seven seconds, not after many minutes.
DRIVER_DEFAULTS = {
    "application_name": "tasks-api",
    "client_encoding": "UTF8",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
}

RECYCLE_SECONDS = 1800
"""An idle connection is replaced after half an hour, before a firewall forgets about it."""

READ_ONLY = "25006"

Values = Mapping[str, object]


class ConnectionPool:
    """At most `size` connections, opened when they are needed, each lent for one statement.

    Every statement is a transaction of its own, and takes one round trip. Nothing is set on a
    connection that would outlive the statement, so a pooler in transaction mode may stand between.
    All times are in seconds. None but the wait for a connection outlasts the thread's deadline.
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
        watch: Watch = nullcontext,
    ) -> None:
        parameters = DRIVER_DEFAULTS | connection_parameters(url)
        self._hosts = each_host(parameters)
        # libpq leaves it to those who wait for it to watch the time.
        self._connect_timeout = float(parameters.get("connect_timeout", 0)) or connect_timeout
        self._watch = watch
        self._limits = Limits(statement_timeout=statement_timeout, lock_timeout=lock_timeout)
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
        replace_dead_connections(self._engine)

    def execute(
        self,
        statement: Executable,
        values: Values,
        *,
        repeatable: bool = False,
        expires: bool = False,
        as_bytes: bool = False,
    ) -> Rows:
        """Run one statement, and give its rows, text `as_bytes` where it is only passed on.

        Where the connection breaks, nobody knows whether the statement was carried out. One that
        is `repeatable`, because twice is as good as once, is then run again on another connection.
        One that `expires` is given the deadline by the server's clock, as `expires_at`.

        Raises what psycopg2 raises, and SQLAlchemy's pool; `errors.translated` knows all of it.
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
        """How it is used at this moment."""
        return state_of(self._engine, retries=self._retries)

    def _run(
        self, lent: PoolProxiedConnection, statement: Executable, values: Values, *, as_bytes: bool
    ) -> Rows:
        text, constants = prepared(statement)
        with self._watch(text), closing(lent.cursor()) as cursor:
            if as_bytes:
                register_type(BYTES, cast("psycopg2.extensions.cursor", cursor))
            cursor.execute(self._limits.sql() + text, {**constants, **values})
            return cursor.fetchall() if cursor.description else ()

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    def _connect(self, dialect: Dialect, *_: object) -> DBAPIConnection:
        return connect(dialect.connect, self._hosts, self._connect_timeout)

    def _expiry(self, lent: PoolProxiedConnection) -> datetime:
        return deadline_of(lent.info, lambda: self._run(lent, NOW, {}, as_bytes=False)[0][0])


def _drop_if_broken(lent: PoolProxiedConnection, error: psycopg2.Error) -> bool:
    """Drop a connection that is of no use any more, and no other; tell whether it was one."""
    # After a fail-over, a connection may lead to a server that stays a standby for ever.
    is_broken = bool(cast("connection", lent.dbapi_connection).closed)
    if is_broken or error.pgcode == READ_ONLY:
        lent.invalidate(error)
    return is_broken
