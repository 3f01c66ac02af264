"""Connections to PostgreSQL: each is lent for one statement, and replaced alone when it breaks."""

import asyncio
import math
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import psycopg2
from sqlalchemy import Executable, func, select, text

from persistence.compiled import compiled
from persistence.connection import (
    DRIVER_DEFAULTS,
    ClockReading,
    Connection,
    DeadlineExceeded,
    Rows,
    Server,
    Sockets,
    connect,
    each_host,
)
from persistence.deadline import (
    CLOCK_MAX_AGE_SECONDS,
    CLOCK_MAX_DELAY_SECONDS,
    NOW,
    SessionSettings,
)
from persistence.errors import DatabaseUnavailable, PersistenceError, translated
from persistence.shared_reads import Batch, Key, SharedRead
from persistence.turns import IsWanted, Turns
from persistence.url import connection_parameters

RECYCLE_SECONDS = 1800
"""An idle connection is replaced after half an hour, before a firewall forgets it."""

CHECK_AFTER_SECONDS = 15.0
"""A connection that was idle for longer is tested before it is lent."""

FRESH_SECONDS = 0.01
"""A connection that has answered within them is not tested before a statement that is repeated if
it fails."""

CHECK_SECONDS = 1.0
"""How long that test may take; a silent network does not answer at all."""

SETTLED_CHECK_SECONDS = 0.1
"""How often the server is asked for the process of a lost connection."""

GATHERING_TURNS = 2
"""How many turns of the event loop a batch waits for requests once it has a connection."""

READ_ONLY = "25006"
ROLLED_BACK = "40"
"""The class of SQLSTATEs of a transaction that certainly had no effect."""

# The errors of a prepared statement that has become invalid: a migration has changed a type, or the
# session has lost the statement. PL/pgSQL prepares the statements of triggers in the same way, so
# the statement is retried on another connection.
_INVALIDATED = ("0A000", "26000", "42")

BACKEND = text("SELECT pid FROM pg_stat_activity WHERE pid = :pid")
WHO_AND_WHEN = select(func.pg_backend_pid(), func.clock_timestamp())

_NO_SPAN = nullcontext()

MAX_TASKS, MAX_TEXT = 10_000, 8 * 2**20
"""Of one user: the number of tasks, and the bytes of their titles and descriptions in UTF-8."""

Values = Mapping[str, Any]
Span = Callable[[str, Server], AbstractContextManager[object]]
"""Traces the statement that runs inside the block, by its text, which holds no value."""
OnWait = Callable[[float], object]
"""Called with the seconds that a statement waited for a connection."""


class Execute(Protocol):
    """Runs one statement before the deadline of a request: see `ConnectionPool.execute`."""

    async def __call__(
        self,
        statement: Executable,
        values: Values,
        *,
        repeatable: bool = False,
        expires: bool = False,
        as_bytes: bool = False,
    ) -> Rows:
        """Run it, and return its rows."""


class Find(Protocol):
    """Reads together with other requests, if there are any: see `ConnectionPool.find`."""

    async def __call__(self, read: SharedRead, key: Key) -> Rows | None:
        """Return the rows of a key; None if the request has to read alone."""


def untraced(_text: str, _server: Server) -> AbstractContextManager[object]:
    """Trace nothing."""
    return _NO_SPAN


def always() -> bool:
    """Say of a statement that its result is wanted in any case."""
    return True


class _Caller(NamedTuple):
    user: str
    deadline: float
    is_wanted: IsWanted


class PoolState(NamedTuple):
    """The connections of a pool, and how many statements were retried since it was made."""

    size: int
    """The maximum."""
    open: int
    """Those that are being opened included."""
    in_use: int
    waiting: int
    """Statements that wait for a connection."""
    retries: int


class ConnectionPool:
    """At most `size` connections, opened on demand, each lent for one statement.

    Every statement is a transaction of its own and takes one round trip. The connection that was
    used last is lent first. One user has half of them at a time at most, and users take turns.
    Statements that wait are given up if none of them has got a connection for `patience` seconds.

    A connection that leads to one server process keeps prepared statements and time-outs. Where a
    pooler stands in between, nothing is set that would outlive a statement.
    """

    def __init__(  # noqa: PLR0913 -- each is one setting of the service
        self,
        url: str,
        *,
        size: int,
        patience: float,
        connect_timeout: float,
        statement_timeout: float,
        lock_timeout: float,
        max_tasks: int = MAX_TASKS,
        max_text: int = MAX_TEXT,
        span: Span = untraced,
        on_wait: OnWait = lambda _seconds: None,
    ) -> None:
        parameters = DRIVER_DEFAULTS | connection_parameters(url)
        self._hosts = each_host(parameters)
        # libpq ignores this parameter when the caller waits for the connection itself.
        self._connect_timeout = float(parameters.get("connect_timeout", 0)) or connect_timeout
        self._statement_timeout = statement_timeout
        self._session = SessionSettings(
            statement=statement_timeout, lock=lock_timeout, max_tasks=max_tasks, max_text=max_text
        )
        self._span = span
        self._on_wait = on_wait
        self._sockets = Sockets()
        self._size = size
        self._patience = patience
        self._idle: list[Connection] = []
        self._share = max(1, size // 2)
        self._turns = Turns(size, share=self._share)
        """Who has a place takes an idle connection or opens one, so there are never too many."""
        self._gathering: dict[SharedRead, Batch] = {}
        """The batches that further requests may join."""
        self._batches: set[asyncio.Task[None]] = set()
        self._server: Server | None = None
        """Where the newest connection leads."""
        self._clocks_are_valid_since = 0.0
        self._retries = 0
        self._is_disposed = False

    async def execute(  # noqa: PLR0913 -- what the statement allows
        self,
        statement: Executable,
        values: Values,
        *,
        deadline: float,
        user: str = "",
        is_wanted: IsWanted = always,
        repeatable: bool = False,
        expires: bool = False,
        as_bytes: bool = False,
    ) -> Rows:
        """Run one statement and return its rows, with text `as_bytes` if it is only passed on.

        It runs for a `user`, or for the service itself, and not at all if it is not wanted any more
        when a connection is free. `deadline` is a moment of `time.monotonic()`. A statement that
        `expires` gets as `expires_at`, by the server's clock, when it is given up.

        A connection may break before or after the statement was carried out. A `repeatable`
        statement, which has the same effect twice as once, is then retried on another connection.
        For one that `expires`, the error is raised when it can no longer take effect. A statement
        that PostgreSQL has rolled back, or cancelled while it had time, is retried in any case.

        Raises a `PersistenceError` for what the database refused. Any other error of psycopg2 is a
        bug, or expected by the caller.
        """
        lost: list[tuple[Connection, float]] = []
        try:
            return await self._execute(
                statement,
                values,
                _Caller(user, deadline, is_wanted),
                lost,
                repeatable=repeatable,
                expires=expires,
                as_bytes=as_bytes,
            )
        except Exception:
            for connection, expiry in lost:
                await self._until_settled(connection, expiry)
            raise

    async def find(
        self,
        read: SharedRead,
        key: Key,
        *,
        deadline: float,
        user: str = "",
        is_wanted: IsWanted = always,
    ) -> Rows | None:
        """Return the rows of a key, by a statement that other requests of the moment share.

        Returns None if the request has to read alone, by `execute`: if no connection is in use, so
        that it has no company, or if the statement has failed for a reason that may concern one
        request only. Raises what `execute` raises.
        """
        if not self._turns.taken or self._server is None:
            return None
        asked_at = time.monotonic()
        batch = self._batch_for(read, user)
        if batch is None:
            has_place = await self._turns.take(
                user, deadline=deadline, patience=self._patience, is_wanted=is_wanted, group=read
            )
            batch = self._batch_for(read, user)  # Another one may have begun it meanwhile.
            if has_place and batch is not None:
                self._turns.give_back(user)
            elif has_place:
                batch = self._begin_batch(read, user)
            elif batch is None:
                return None
        with self._span(compiled(read.statement).text, self._server):
            return await batch.rows_of(key, user=user, deadline=deadline, asked_at=asked_at)

    def _batch_for(self, read: SharedRead, user: str) -> Batch | None:
        batch = self._gathering.get(read)
        return batch if batch is not None and batch.has_room(user) else None

    def _begin_batch(self, read: SharedRead, user: str) -> Batch:
        """Begin a batch on the place of a user. It goes on if that user's request is cancelled."""
        batch = self._gathering[read] = Batch(self._share)
        task = asyncio.get_running_loop().create_task(self._read_for(batch, read, user))
        self._batches.add(task)
        task.add_done_callback(self._batches.discard)
        return batch

    async def _read_for(self, batch: Batch, read: SharedRead, user: str) -> None:
        try:
            # Its requests watch their own deadlines.
            connection = await self._lend(math.inf, is_new=False, is_repeatable=True)
            try:
                await self._read_on(connection, batch, read)
            finally:
                self._give_back(connection)
        except PersistenceError as error:
            batch.fail(error)
        finally:
            self._close_batch(batch, read)
            batch.dissolve()
            self._turns.give_back(user)

    async def _read_on(self, connection: Connection, batch: Batch, read: SharedRead) -> None:
        """Read for a batch. Raises a PersistenceError that each of its requests would get alone."""
        for _ in range(GATHERING_TURNS):
            await asyncio.sleep(0)
        self._close_batch(batch, read)
        for seconds in batch.waits():
            self._on_wait(seconds)
        sent_at = time.monotonic()
        try:
            rows = await self._send(connection, read.statement, batch.values(read), batch.deadline)
            batch.answer(read, rows)
        except psycopg2.Error as error:
            is_outdated = _close_if_outdated(connection, read.statement, error)
            is_mistaken = self._session.is_mistaken(
                error.pgcode, sent_at=sent_at, deadline=batch.deadline
            )
            if not (connection.closed or is_outdated or is_mistaken or _is_rolled_back(error)):
                failure = translated(error, is_lost=False)
                if isinstance(failure, PersistenceError):
                    raise failure from error
            self._retries += len(batch)
        except Exception:  # noqa: BLE001 -- a row that psycopg2 cannot read: its owner gets it alone.
            self._retries += len(batch)

    def _close_batch(self, batch: Batch, read: SharedRead) -> None:
        if self._gathering.get(read) is batch:
            del self._gathering[read]

    async def _execute(  # noqa: PLR0913 -- as above
        self,
        statement: Executable,
        values: Values,
        caller: _Caller,
        lost: list[tuple[Connection, float]],
        *,
        repeatable: bool,
        expires: bool,
        as_bytes: bool,
    ) -> Rows:
        """Run it; note in `lost` over which connections it was sent and lost, and its expiry."""
        is_retried, is_lost, deadline = False, False, caller.deadline
        while True:
            connection = await self._take(caller, is_new=is_lost, is_repeatable=repeatable)
            sent_at = time.monotonic()
            expiry = min(deadline, sent_at + self._statement_timeout)
            is_sent = False
            try:
                if expires:
                    expires_at = await self._by_server_clock(connection, expiry, deadline)
                    values = {**values, "expires_at": expires_at}
                is_sent, sent_at = True, time.monotonic()
                return await self._run(connection, statement, values, deadline, as_bytes=as_bytes)
            except psycopg2.Error as error:
                failure, is_lost = error, connection.closed
                is_outdated = _close_if_outdated(connection, statement, error)
            finally:
                self._give_back(connection)
                self._turns.give_back(caller.user)
            if is_lost and expires and is_sent:
                lost.append((connection, expiry))
            is_mistaken = self._session.is_mistaken(
                failure.pgcode, sent_at=sent_at, deadline=deadline
            )
            may_retry = is_outdated or is_mistaken or _is_rolled_back(failure)
            if is_lost:
                may_retry = repeatable or not is_sent
            if is_retried or not may_retry or time.monotonic() > deadline:
                raise translated(failure, is_lost=is_lost)
            is_retried = True
            self._retries += 1

    def distrust_clocks(self) -> None:
        """Read the server's clock again before the next statement that expires."""
        self._clocks_are_valid_since = time.monotonic()

    @property
    def state(self) -> PoolState:
        """The state of this moment."""
        alive = sum(not connection.closed for connection in self._idle)
        in_use = self._turns.taken
        return PoolState(
            size=self._size,
            open=in_use + alive,
            in_use=in_use,
            waiting=self._turns.waiting,
            retries=self._retries,
        )

    def dispose(self) -> None:
        """Close the idle connections now, and the others when they are given back."""
        self._is_disposed = True
        while self._idle:
            self._idle.pop().close()

    # Lending

    async def _take(self, caller: _Caller, *, is_new: bool, is_repeatable: bool) -> Connection:
        asked_at = time.monotonic()
        await self._turns.take(
            caller.user,
            deadline=caller.deadline,
            patience=self._patience,
            is_wanted=caller.is_wanted,
        )
        self._on_wait(time.monotonic() - asked_at)
        try:
            return await self._lend(caller.deadline, is_new=is_new, is_repeatable=is_repeatable)
        except BaseException:
            self._turns.give_back(caller.user)
            raise

    async def _lend(self, deadline: float, *, is_new: bool, is_repeatable: bool) -> Connection:
        """Lend a connection to who has a place."""
        connection: Connection | None = None
        if is_new and self._idle:  # Whatever broke one may have broken the others as well.
            self._idle.pop(0).close()
        while connection is None and self._idle and not is_new:
            connection = self._idle.pop()
            # What cannot be repeated is not sent over a connection that may just have broken.
            if not (is_repeatable and _is_fresh(connection)):
                connection = await self._usable(connection, deadline)
        return connection or await self._open(deadline)

    async def _usable(self, connection: Connection, deadline: float) -> Connection | None:
        """Return the connection; None if it is old, closed or silent."""
        now = time.monotonic()
        if now - connection.opened_at > RECYCLE_SECONDS:
            connection.close()
        else:
            connection.look()
        if not connection.closed and now - connection.used_at > CHECK_AFTER_SECONDS:
            end = min(deadline, now + CHECK_SECONDS)
            try:
                await connection.execute("SELECT 1", None, deadline=end)
            except psycopg2.Error as error:
                connection.close()
                # It had all of its time, so the others are probably dead too.
                if isinstance(error, DeadlineExceeded) and end < deadline:
                    self._drop_idle(now - CHECK_AFTER_SECONDS)
        return None if connection.closed else connection

    def _drop_idle(self, since: float) -> None:
        """Drop the connections that have been idle since then."""
        for connection in self._idle:
            if connection.used_at < since:
                connection.close()
        self._idle = [connection for connection in self._idle if not connection.closed]

    async def _open(self, deadline: float) -> Connection:
        end = min(deadline, time.monotonic() + self._connect_timeout)
        try:
            connection = await connect(self._hosts, sockets=self._sockets, deadline=end)
            try:
                await self._introduce(connection, end)
            except BaseException:
                connection.close()
                raise
        except psycopg2.Error as error:
            raise translated(error, is_lost=True) from error
        self._server = connection.server
        return connection

    def _give_back(self, connection: Connection) -> None:
        if self._is_disposed:
            connection.close()
        if not connection.closed:
            self._idle.append(connection)

    # Running

    async def _introduce(self, connection: Connection, deadline: float) -> None:
        """Find out whether a new connection leads to one server process, and read its clock."""
        asked_at = time.monotonic()
        ((pid, now),) = await connection.execute(
            compiled(WHO_AND_WHEN).text, None, deadline=deadline
        )
        _keep_clock(connection, now, asked_at)
        # A pooler reports a process id of its own, by which it recognises requests to cancel.
        connection.is_direct = pid == connection.backend_pid
        connection.preamble = self._session.preamble

    async def _run(
        self,
        connection: Connection,
        statement: Executable,
        values: Values,
        deadline: float,
        *,
        as_bytes: bool = False,
    ) -> Rows:
        with self._span(compiled(statement).text, connection.server):
            return await self._send(connection, statement, values, deadline, as_bytes=as_bytes)

    async def _send(
        self,
        connection: Connection,
        statement: Executable,
        values: Values,
        deadline: float,
        *,
        as_bytes: bool = False,
    ) -> Rows:
        whole, name, prepare, execute = compiled(statement)
        is_prepared = name in connection.prepared
        if connection.is_direct:
            sql = self._session.beyond_session(deadline) + (execute if is_prepared else prepare)
            sql = f"{connection.preamble}{sql}" if connection.preamble else sql
        else:
            sql = self._session.of_statement(deadline) + whole
        try:
            rows = await connection.execute(sql, values, deadline=deadline, as_bytes=as_bytes)
        except Exception:  # Also of rows that psycopg2 cannot read.
            if not is_prepared:  # Whether it is now is unknown, so start again.
                connection.prepared.clear()
                connection.preamble = self._session.preamble
            raise
        if connection.is_direct:
            connection.prepared.add(name)
            connection.preamble = ""
        return rows

    async def _by_server_clock(
        self, connection: Connection, moment: float, deadline: float
    ) -> datetime:
        """Return a moment of ours by the server's clock, or one a little earlier."""
        clock, now = connection.clock, time.monotonic()
        if (
            clock is None
            or now - clock.ours > CLOCK_MAX_AGE_SECONDS
            or clock.ours < self._clocks_are_valid_since
        ):
            ((server,),) = await self._run(connection, NOW, {}, deadline)
            clock = _keep_clock(connection, server, now)
        return clock.at(moment)

    async def _until_settled(self, lost: Connection, expiry: float) -> None:
        """Wait until what was sent over a lost connection can no longer take effect.

        The process that got it may be frozen, and read it later: until it has expired, or the
        process is gone.
        """
        while (left := expiry - time.monotonic()) > 0:
            if lost.is_direct:
                with suppress(psycopg2.Error, DatabaseUnavailable):
                    which = {"pid": lost.backend_pid}
                    if not await self.execute(BACKEND, which, deadline=expiry, repeatable=True):
                        return
            await asyncio.sleep(min(left, SETTLED_CHECK_SECONDS))


def _keep_clock(connection: Connection, server: datetime, asked_at: float) -> ClockReading:
    # The server read its clock before now; taken as of now, its clock is behind rather than ahead.
    clock = ClockReading(server, time.monotonic())
    is_precise = clock.ours - asked_at < CLOCK_MAX_DELAY_SECONDS
    connection.clock = clock if is_precise else None
    return clock


def _close_if_outdated(
    connection: Connection, statement: Executable, error: psycopg2.Error
) -> bool:
    """Close a connection that its next statement had better not use.

    Return whether that is because its prepared statement has become invalid.
    """
    is_prepared = compiled(statement).name in connection.prepared
    is_outdated = is_prepared and _is_invalidated(error)
    # After a fail-over, it may lead to a server that stays a standby for ever.
    if is_outdated or error.pgcode == READ_ONLY:
        connection.close()
    return is_outdated


def _is_fresh(connection: Connection) -> bool:
    now = time.monotonic()
    is_young = now - connection.opened_at < RECYCLE_SECONDS
    return is_young and not connection.closed and now - connection.used_at < FRESH_SECONDS


def _is_invalidated(error: psycopg2.Error) -> bool:
    return (error.pgcode or "").startswith(_INVALIDATED)


def _is_rolled_back(error: psycopg2.Error) -> bool:
    return (error.pgcode or "").startswith(ROLLED_BACK)
