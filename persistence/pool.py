"""Connections to PostgreSQL: lent for one statement, checked, dropped alone, tried once more."""

import select
import time
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import Executable, Row, create_engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from persistence import deadline
from persistence.errors import sqlstate_of
from persistence.server_clock import deadline_of
from persistence.url import connection_parameters

# A network that falls silent is given up after about seven seconds, not after many minutes.
DRIVER_DEFAULTS = {
    "application_name": "tasks-api",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}

RECYCLE_SECONDS = 1800
"""An idle connection is replaced after half an hour, before a firewall forgets about it."""

CHECK_AFTER_SECONDS = 15.0
"""Idle for longer than that, a connection is asked whether it still works before it is used."""

CHECK_SECONDS = 1.0
"""How long that may take; a silent network does not answer at all."""

SERVER_FIRST_SECONDS = 0.2
"""The server gives up that much before the client does: then the connection is still good."""

READ_ONLY = "25006"

_USED_AT = "used_at"

Rows = Sequence[Row[*tuple[Any, ...]]]


class ConnectionPool:
    """At most `size` connections, opened when they are needed, each lent for one statement.

    Every statement is a transaction of its own, and takes one round trip. Nothing is set on a
    connection that would outlive the statement, so a pooler in transaction mode may stand between.
    All times are in seconds, and none outlasts the thread's deadline.
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
    ) -> None:
        parameters = connection_parameters(url)
        # libpq leaves it to those who wait for it to watch the time.
        self._connect_timeout = float(parameters.pop("connect_timeout", 0)) or connect_timeout
        self._statement_timeout = statement_timeout
        self._lock_timeout = lock_timeout
        self._engine = create_engine(
            "postgresql+psycopg2://",
            connect_args=DRIVER_DEFAULTS | parameters,
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
        deadline.install()
        event.listen(self._engine, "do_connect", self._connect)
        event.listen(self._engine, "checkout", self._check)
        event.listen(self._engine, "checkin", _note_the_time)
        event.listen(self._engine, "before_cursor_execute", self._limit, retval=True)
        event.listen(self._engine, "handle_error", _drop_alone)

    def execute(
        self,
        statement: Executable,
        values: Mapping[str, object],
        *,
        repeatable: bool = False,
        expires: bool = False,
    ) -> Rows:
        """Run one statement, and give its rows.

        Where the connection breaks, nobody knows whether the statement was carried out. One that
        is `repeatable`, because twice is as good as once, is then run again on another connection.
        One that `expires` is given the deadline by the server's clock, as `expires_at`.

        Raises what psycopg2 and SQLAlchemy raise; `persistence.errors.translated` knows all of it.
        """
        with self._engine.connect() as connection:
            try:
                if expires:
                    values = {**values, "expires_at": deadline_of(connection)}
                result = connection.execute(statement, values)
                return result.all() if result.returns_rows else ()
            except DBAPIError as error:
                is_broken = error.connection_invalidated and deadline.remaining() > 0
                if not (repeatable and is_broken):
                    raise
        return self.execute(statement, values, expires=expires)

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()

    def _connect(
        self, dialect: Dialect, _entry: object, args: tuple[Any, ...], parameters: dict[str, Any]
    ) -> DBAPIConnection:
        with deadline.within(self._connect_timeout):
            return dialect.connect(*args, **parameters)

    def _check(self, lent: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        """Replace a connection that no longer works, where there is reason to doubt it."""
        used_at = entry.info.get(_USED_AT)
        if used_at is None:  # It is new.
            return
        if time.monotonic() - used_at < CHECK_AFTER_SECONDS and not _has_something_to_say(lent):
            return
        try:
            with deadline.within(CHECK_SECONDS):
                self._engine.dialect.do_ping(lent)
        except psycopg2.Error as error:
            raise DisconnectionError from error

    def _limit(
        self,
        _connection: object,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        _executemany: object,
    ) -> tuple[str, Any]:
        """Send the time-outs along: in one message, they hold for this one transaction."""
        left = deadline.remaining() - SERVER_FIRST_SECONDS
        if left <= 0:
            raise deadline.DeadlineExceeded
        limits = {
            "statement_timeout": min(self._statement_timeout, left),
            "lock_timeout": self._lock_timeout,
        }
        settings = (f"SET LOCAL {name}={_milliseconds(t)};" for name, t in limits.items())
        return "".join(settings) + statement, parameters


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))  # 0 would mean: without an end.


def _note_the_time(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def _has_something_to_say(lent: connection) -> bool:
    """Tell whether bytes, or the end, have come in on a connection that asked for nothing."""
    arrived = select.poll()
    arrived.register(lent.fileno(), select.POLLIN)
    return bool(arrived.poll(0))


def _drop_alone(context: ExceptionContext) -> None:
    """Drop a broken connection, and not all others with it, as SQLAlchemy does by default."""
    context.invalidate_pool_on_disconnect = False
    # After a fail-over, this connection may lead to a server that stays a standby for ever.
    if sqlstate_of(context.original_exception) == READ_ONLY:
        context.is_disconnect = True
