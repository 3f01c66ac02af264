"""One connection to PostgreSQL in the event loop: psycopg2 in its asynchronous mode.

libpq never waits here. The event loop watches the socket, and psycopg2 is polled when something has
arrived. So neither a frozen server nor a silent network blocks the loop.
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any, NamedTuple, TypeVar

import psycopg2
import psycopg2.extensions
from psycopg2.extensions import BYTES, POLL_OK, POLL_READ, POLL_WRITE, register_type

# A silent network is given up after about seven seconds, not after many minutes.
DRIVER_DEFAULTS = {
    "application_name": "tasks-api",
    "client_encoding": "UTF8",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
}

CONNECTION_OK = 0  # libpq's `ConnStatusType`.

_PER_HOST = ("host", "hostaddr", "port")

Parameters = Mapping[str, str]
Rows = Sequence[tuple[Any, ...]]
T = TypeVar("T")


class ClockReading(NamedTuple):
    """The server's clock, and ours at the same moment or a little later."""

    server: datetime
    ours: float

    def at(self, moment: float) -> datetime:
        """Return the server's time at a moment of ours, or a little less."""
        return self.server + timedelta(seconds=moment - self.ours)


class Server(NamedTuple):
    """Where a connection leads: a host name, an address or the folder of a socket."""

    address: str
    port: int
    database: str


class Sockets:
    """Watches sockets for the event loop that is running when the first one is added.

    The loop watches a selector, and the selector the sockets. uvloop's `add_reader` alone would not
    do: libuv silently stops watching a socket that has been reset.
    """

    def __init__(self) -> None:
        self._selector = DefaultSelector()
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, descriptor: int, events: int, callback: Callable[[], object]) -> None:
        """Call back whenever the socket has one of these events or is broken, and for no other."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._selector.fileno(), self._dispatch)
        if descriptor in self._selector.get_map():
            self._selector.modify(descriptor, events, callback)
        else:
            self._selector.register(descriptor, events, callback)

    def forget(self, descriptor: int) -> None:
        """Watch a socket no longer. Its descriptor may have been closed."""
        self._selector.unregister(descriptor)
        if self._loop is not None and not self._selector.get_map():
            self._loop.remove_reader(self._selector.fileno())
            self._loop = None

    def _dispatch(self) -> None:
        for key, _ in self._selector.select(0):
            key.data()


class DeadlineExceeded(psycopg2.OperationalError):
    """The time is up. It is unknown whether the statement took effect; its connection is closed."""


class Connection:
    """An open connection. It runs one statement at a time, each a transaction of its own.

    Messages that the server sends between statements are read at once: a connection that the
    server closes is `closed` before its next use.
    """

    def __init__(self, driver: psycopg2.extensions.connection, sockets: Sockets) -> None:
        self._driver = driver
        self._sockets = sockets
        self._loop = asyncio.get_running_loop()
        self._descriptor = driver.fileno()
        self._answer: asyncio.Future[None] | None = None
        self._waits_to_send = False
        sockets.watch(self._descriptor, EVENT_READ, self._advance)
        self.closed = False
        """Whether it has been closed, or has broken."""
        self.opened_at = self.used_at = time.monotonic()
        info = driver.info
        self.server = Server(info.host, info.port, info.dbname)
        self.backend_pid = info.backend_pid
        """The process id that the server, or a pooler in its place, has given."""

        # What the pool knows of it.
        self.is_direct = False
        """Whether it leads to one server process, and to no pooler."""
        self.preamble = ""
        """What precedes the next statement."""
        self.prepared: set[str] = set()
        """The names of the prepared statements."""
        self.clock: ClockReading | None = None
        """The last reading of the server's clock."""

    def look(self) -> None:
        """Read what has arrived since the last statement, if the event loop has not done so yet."""
        self._advance()

    async def execute(
        self, sql: str, values: Mapping[str, Any] | None, *, deadline: float, as_bytes: bool = False
    ) -> Rows:
        """Run one message of SQL, and return the rows of its last statement.

        `deadline` is a moment of `time.monotonic()`. With `as_bytes`, text is returned as the bytes
        that were sent. Raises what psycopg2 raises; DeadlineExceeded, with the connection closed,
        when the time is up.
        """
        cursor = self._driver.cursor()
        if as_bytes:
            register_type(BYTES, cursor)
        try:
            cursor.execute(sql, values)
        except psycopg2.Error:
            self._close_if_broken()
            raise
        self._answer = self._loop.create_future()
        timer = self._loop.call_later(deadline - time.monotonic(), self._give_up)
        self._advance()  # Watch for the rest, if the kernel has not accepted all of it.
        try:
            await self._answer
        except asyncio.CancelledError:
            self.close()  # No caller remains to read the result.
            raise
        finally:
            timer.cancel()
            self._answer = None
            self.used_at = time.monotonic()
        rows: Rows = cursor.fetchall() if cursor.description else ()
        return rows

    def close(self) -> None:
        """Close it, even while a statement runs."""
        if self.closed:  # Its descriptor may be another's by now.
            return
        self.closed = True
        self._sockets.forget(self._descriptor)
        self._driver.close()

    def _advance(self) -> None:
        if self.closed:
            return
        try:
            state = _poll(self._driver)
        except psycopg2.Error as error:
            if self._answer is None:  # No statement runs, so the connection itself has failed.
                self.close()
            self._close_if_broken()
            self._settle(error)
            return
        if state == POLL_OK:
            self._settle(None)
        if self._waits_to_send != (state == POLL_WRITE):
            self._waits_to_send = not self._waits_to_send
            events = EVENT_READ | EVENT_WRITE if self._waits_to_send else EVENT_READ
            self._sockets.watch(self._descriptor, events, self._advance)

    def _close_if_broken(self) -> None:
        # libpq closes the socket as soon as it finds the connection broken, and psycopg2 does not
        # always notice. It must not be watched any longer: the next socket has its number.
        if self._driver.closed or self._driver.info.status != CONNECTION_OK:
            self.close()

    def _give_up(self) -> None:
        self.close()
        self._settle(DeadlineExceeded("the time is up"))

    def _settle(self, error: Exception | None) -> None:
        if self._answer is None or self._answer.done():
            return
        if error is None:
            self._answer.set_result(None)
        else:
            self._answer.set_exception(error)


def _poll(driver: psycopg2.extensions.connection) -> int:
    try:
        return driver.poll()
    except UnicodeDecodeError as error:
        # Before the encoding is agreed on, the server writes its messages in its own.
        text = error.object.decode(errors="replace")
        raise psycopg2.OperationalError(text) from error


def each_host(parameters: Parameters) -> Sequence[Parameters]:
    """Return libpq's parameters once for each host of the URL; most often there is one.

    libpq can try several hosts by itself. But then a host that drops packets uses up the time of
    the others.
    """
    lists = {name: parameters[name].split(",") for name in _PER_HOST if name in parameters}
    count = max(map(len, lists.values()), default=1)
    if count == 1:
        return [parameters]
    return [
        {**parameters, **{name: values[n % len(values)] for name, values in lists.items()}}
        for n in range(count)
    ]


async def connect(hosts: Sequence[Parameters], *, sockets: Sockets, deadline: float) -> Connection:
    """Connect to the first host that accepts the connection, before `deadline` for all of them.

    Names are looked up outside the event loop, and every address of a name is tried.

    Raises psycopg2.OperationalError for the last host if none does, and DeadlineExceeded for one
    that does not answer.
    """
    failure: psycopg2.OperationalError | None = None
    for tried, host in enumerate(hosts):
        share = _share(deadline, len(hosts) - tried)
        try:
            return await _connect_to_host(host, sockets, share)
        except psycopg2.OperationalError as error:
            failure = error
    assert failure is not None
    raise failure


async def _connect_to_host(host: Parameters, sockets: Sockets, deadline: float) -> Connection:
    failure: psycopg2.OperationalError | None = None
    addresses = await _in_time(_addresses(host), deadline)
    for tried, address in enumerate(addresses):
        try:
            return await _in_time(_open(address, sockets), _share(deadline, len(addresses) - tried))
        except psycopg2.OperationalError as error:
            failure = error
    assert failure is not None
    raise failure


def _share(deadline: float, of: int) -> float:
    now = time.monotonic()
    return now + (deadline - now) / of


async def _in_time(work: Awaitable[T], deadline: float) -> T:
    try:
        async with asyncio.timeout(deadline - time.monotonic()):
            return await work
    except TimeoutError:
        raise DeadlineExceeded("the time is up") from None


async def _addresses(host: Parameters) -> Sequence[Parameters]:
    """Return the parameters once for each address of the host; libpq would block to look it up."""
    name = host.get("host") or os.environ.get("PGHOST") or ""
    if "hostaddr" in host or not name or name.startswith(("/", "@")):
        return [host]
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        reason = f'could not translate host name "{name}" to address: {why}'
        raise psycopg2.OperationalError(reason) from error
    addresses = dict.fromkeys(str(address[0]) for *_, address in found)
    return [{**host, "host": name, "hostaddr": address} for address in addresses]


async def _open(parameters: Parameters, sockets: Sockets) -> Connection:
    arguments: dict[str, Any] = {**parameters, "async_": 1}
    driver = psycopg2.connect(**arguments)
    try:
        while (state := _poll(driver)) != POLL_OK:
            await _ready(driver.fileno(), state, sockets)
        return Connection(driver, sockets)
    except BaseException:  # Cancellation included: otherwise the socket would stay open.
        driver.close()
        raise


async def _ready(descriptor: int, state: int, sockets: Sockets) -> None:
    """Wait until the socket can be read or written. libpq may use another one for each wait."""
    ready = asyncio.get_running_loop().create_future()

    def set_ready() -> None:
        if not ready.done():
            ready.set_result(None)

    sockets.watch(descriptor, EVENT_READ if state == POLL_READ else EVENT_WRITE, set_ready)
    try:
        await ready
    finally:
        sockets.forget(descriptor)
