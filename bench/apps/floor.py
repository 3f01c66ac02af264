"""The floor: plain ASGI by hand on what this service uses, and nothing is validated.

That is uvicorn, psycopg2 in the event loop, statements that are prepared once, the JSON of a list
from PostgreSQL, lists that are kept until they change, and a memory of verified tokens. What this
service takes beyond the floor is the price of its routing, validation, errors, limits, deadlines,
retries and metrics.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import jwt
import orjson
import psycopg2
from psycopg2.extensions import BYTES, POLL_OK, POLL_WRITE, register_type

SECRET = os.environ["BETTER_AUTH_SECRET"]
POOL_SIZE = 10
MAX_TOKENS = 20_000

COLUMNS = ("id", "user_id", "title", "description", "completed", "created_at", "updated_at")
RETURNED = ", ".join(COLUMNS)
OWN = "WHERE id = $1 AND user_id = $2"


TIME = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z\""'
TIME_AND_TAG = TIME + r'",\"etag\":\"\\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\\"\""'


def time_of(column: str, form: str = TIME) -> str:
    """Return the SQL that writes a time as orjson does."""
    return f"replace(to_char({column}, '{form}'), '.000000Z', 'Z')"


OBJECT = f"""concat('{{"id":', id, ',"user_id":', to_json(user_id), ',"title":', to_json(title),
    ',"description":', coalesce(to_json(description)::text, 'null'), ',"completed":',
    to_json(completed), ',"created_at":', {time_of("created_at")}, ',"updated_at":',
    {time_of("updated_at", TIME_AND_TAG)}, '}}')"""
ARRAY = f"""SELECT '[' || coalesce(string_agg({OBJECT}, ',' ORDER BY created_at DESC, id DESC), '')
    || ']' FROM tasks WHERE user_id = $1"""
STATEMENTS = {
    "list": f"""SELECT version, CASE WHEN version = $2 THEN NULL ELSE ({ARRAY}) END
        FROM (SELECT 1) AS one LEFT JOIN task_lists ON task_lists.user_id = $1""",
    "get": f"SELECT {RETURNED} FROM tasks {OWN}",
    "add": f"""INSERT INTO tasks (user_id, title, description) VALUES ($1, $2, $3)
        RETURNING {RETURNED}""",
    "replace": f"""UPDATE tasks SET title = $3, description = $4, updated_at = clock_timestamp()
        {OWN} RETURNING {RETURNED}""",
    "toggle": f"""UPDATE tasks SET completed = NOT completed, updated_at = clock_timestamp()
        {OWN} RETURNING {RETURNED}""",
}
PARAMETERS = {"list": 2, "get": 2, "add": 3, "replace": 4, "toggle": 2}
EXECUTIONS = {
    name: f"EXECUTE {name}_task({', '.join(['%s'] * count)})" for name, count in PARAMETERS.items()
}
PREPARATION = ";".join(f"PREPARE {name}_task AS {sql}" for name, sql in STATEMENTS.items())
SESSION = "SET TimeZone = 'UTC'; SET plan_cache_mode = force_generic_plan;"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Rows = list[tuple[Any, ...]]


class Connection:
    """A connection of psycopg2 in the event loop, with every statement prepared."""

    def __init__(self) -> None:
        self._driver = psycopg2.connect(os.environ["DATABASE_URL"], async_=1)
        self._loop = asyncio.get_running_loop()
        self._answer: asyncio.Future[None] | None = None

    async def open(self) -> None:
        """Connect, and prepare the statements."""
        while (state := self._driver.poll()) != POLL_OK:
            ready = self._loop.create_future()
            descriptor = self._driver.fileno()
            if state == POLL_WRITE:
                self._loop.add_writer(descriptor, ready.set_result, None)
                await ready
                self._loop.remove_writer(descriptor)
            else:
                self._loop.add_reader(descriptor, ready.set_result, None)
                await ready
                self._loop.remove_reader(descriptor)
        self._loop.add_reader(self._driver.fileno(), self._advance)
        await self.execute(SESSION + PREPARATION)

    async def execute(self, sql: str, *values: object, as_bytes: bool = False) -> Rows:
        """Run statements, and return the rows of the last one."""
        cursor = self._driver.cursor()
        if as_bytes:
            register_type(BYTES, cursor)
        cursor.execute(sql, values or None)
        self._answer = self._loop.create_future()
        self._advance()
        await self._answer
        rows: Rows = cursor.fetchall() if cursor.description else []
        return rows

    def _advance(self) -> None:
        if self._driver.poll() == POLL_OK and self._answer and not self._answer.done():
            self._answer.set_result(None)


class Pool:
    """Connections, each lent for one statement; those who wait get one in their order."""

    def __init__(self) -> None:
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection]] = deque()

    async def open(self) -> None:
        """Open all connections."""
        for _ in range(POOL_SIZE):
            connection = Connection()
            await connection.open()
            self._idle.append(connection)

    async def execute(self, name: str, *values: object) -> Rows:
        """Run a prepared statement."""
        if self._idle:
            connection = self._idle.pop()
        else:
            turn: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            connection = await turn
        rows = await connection.execute(EXECUTIONS[name], *values, as_bytes=name == "list")
        if self._waiting:
            self._waiting.popleft().set_result(connection)
        else:
            self._idle.append(connection)
        return rows


pool = Pool()
lists: dict[str, tuple[int, bytes]] = {}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["path"] == "/livez":
        await reply(send, 200, b"{}")
    else:
        await answer(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Open the connections at the start; they end with the process."""
    await receive()
    await pool.open()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request for tasks, by its method and the parts of its path."""
    headers = dict(scope["headers"])
    user_id = owner(headers[b"authorization"])
    method, parts = scope["method"], scope["path"].split("/")
    if method == "GET" and len(parts) == len(("", "api", "tasks")):
        await reply_with_list(send, user_id, headers.get(b"if-none-match"))
    elif method == "GET":
        await reply_with_one(send, "get", parts[3], user_id)
    elif method == "PATCH":
        await reply_with_one(send, "toggle", parts[3], user_id)
    else:
        body = orjson.loads((await receive())["body"])
        values = body["title"], body.get("description")
        if method == "PUT":
            await reply_with_one(send, "replace", parts[3], user_id, *values)
        else:
            await reply_with_one(send, "add", user_id, *values)


@lru_cache(maxsize=MAX_TOKENS)
def verified(header: bytes) -> tuple[str, int]:
    """Return whom the token names, and when it expires."""
    token = header.removeprefix(b"Bearer ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims["sub"], claims["exp"]


def owner(header: bytes) -> str:
    """Return the user of the token, which has to be signed and not expired."""
    user_id, expires_at = verified(header)
    if expires_at <= time.time():
        raise jwt.ExpiredSignatureError
    return user_id


async def reply_with_list(send: Send, user_id: str, known: bytes | None) -> None:
    """Reply with all tasks of the user, newest first, or with 304."""
    version, array = lists.get(user_id, (None, b""))
    ((newest, changed),) = await pool.execute("list", user_id, version)
    if changed is not None:
        array = changed
        lists[user_id] = newest, array
    tag = b'"2.%d"' % newest
    if tag == known:
        await reply(send, 304, b"", (b"etag", tag))
    else:
        await reply(send, 200, b'{"data":%b}' % array, (b"etag", tag))


async def reply_with_one(send: Send, name: str, *values: object) -> None:
    """Run a statement that gives one task, or none."""
    rows = await pool.execute(name, *values)
    if not rows:
        await reply(send, 404, b"{}")
        return
    task = dict(zip(COLUMNS, rows[0], strict=True))
    tag = orjson.dumps(task["updated_at"], option=orjson.OPT_UTC_Z)
    task["etag"] = tag.decode()
    body = orjson.dumps({"data": task}, option=orjson.OPT_UTC_Z)
    if name == "add":
        await reply(send, 201, body, (b"etag", tag), (b"location", b"/api/tasks/%d" % task["id"]))
    else:
        await reply(send, 200, body, (b"etag", tag))


async def reply(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    """Send an answer of JSON."""
    length = (b"content-length", b"%d" % len(body))
    every = [(b"content-type", b"application/json"), length, *headers]
    await send({"type": "http.response.start", "status": status, "headers": every})
    await send({"type": "http.response.body", "body": body})
