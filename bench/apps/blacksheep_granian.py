"""BlackSheep on Granian with asyncpg, written well.

One prepared statement for each request. Msgspec decodes and validates the bodies, orjson writes the
answers, and verified tokens are remembered.
"""

import os
import time
from functools import lru_cache
from typing import Annotated, Any

import asyncpg
import jwt
import msgspec
import orjson
from blacksheep import Application, Content, Request, Response
from blacksheep.exceptions import HTTPException

SECRET = os.environ["BETTER_AUTH_SECRET"]
POOL_SIZE = 10
MAX_TOKENS = 20_000

COLUMNS = "id, user_id, title, description, completed, created_at, updated_at"
OWN = "WHERE id = $1 AND user_id = $2"
LIST = f"SELECT {COLUMNS} FROM tasks WHERE user_id = $1 ORDER BY created_at DESC, id DESC"
GET = f"SELECT {COLUMNS} FROM tasks {OWN}"
ADD = f"INSERT INTO tasks (user_id, title, description) VALUES ($1, $2, $3) RETURNING {COLUMNS}"
REPLACE = (
    "UPDATE tasks SET title = $3, description = $4, updated_at = clock_timestamp() "
    f"{OWN} RETURNING {COLUMNS}"
)
TOGGLE = (
    "UPDATE tasks SET completed = NOT completed, updated_at = clock_timestamp() "
    f"{OWN} RETURNING {COLUMNS}"
)

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"\S")]
Description = Annotated[str, msgspec.Meta(max_length=65536)]


class TaskInput(msgspec.Struct, forbid_unknown_fields=True):
    """What the user decides."""

    title: Title
    description: Description | None = None


class Service:
    """The application's state: its connections."""

    pool: asyncpg.Pool


service = Service()
body_of = msgspec.json.Decoder(TaskInput).decode
app = Application()


async def leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Reset nothing after a request, for none has set anything: that saves a round trip."""


@app.on_start
async def open_pool(_app: Application) -> None:
    """Open the pool, whose connections keep their statements prepared."""
    service.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=POOL_SIZE, max_size=POOL_SIZE, reset=leave_as_it_is
    )


@lru_cache(maxsize=MAX_TOKENS)
def verified(token: str) -> dict[str, Any]:
    """Verify a token, once."""
    claims: dict[str, Any] = jwt.decode(
        token, SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]}
    )
    return claims


def owner(request: Request) -> str:
    """Return the user of the token, which has to be signed and not expired."""
    header = request.get_first_header(b"authorization") or b""
    try:
        claims = verified(header.removeprefix(b"Bearer ").decode())
    except (jwt.InvalidTokenError, UnicodeDecodeError) as error:
        raise HTTPException(401, "The token is not valid") from error
    if claims["exp"] <= time.time():
        raise HTTPException(401, "The token has expired")
    user_id: str = claims["sub"]
    return user_id


async def input_of(request: Request) -> TaskInput:
    """Read and validate a body."""
    try:
        return body_of(await request.read() or b"")
    except msgspec.DecodeError as error:
        raise HTTPException(422, str(error)) from error


def reply(data: object, status: int = 200, headers: Any = None) -> Response:
    """Put the data into its envelope."""
    body = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
    return Response(status, headers, Content(b"application/json", body))


def task_of(row: asyncpg.Record) -> dict[str, Any]:
    """Return a task, with its version as an entity tag."""
    tag = orjson.dumps(row["updated_at"], option=orjson.OPT_UTC_Z).decode()
    return {**row, "etag": tag}


async def reply_with_one(statement: str, *values: object) -> Response:
    """Run a statement that gives one task, or none."""
    row = await service.pool.fetchrow(statement, *values)
    if row is None:
        raise HTTPException(404, "Task not found")
    task = task_of(row)
    tag = task["etag"].encode()
    if statement is not ADD:
        return reply(task, headers=[(b"ETag", tag)])
    location = b"/api/tasks/%d" % row["id"]
    return reply(task, 201, [(b"ETag", tag), (b"Location", location)])


async def failed(_app: Application, _request: Request, error: HTTPException) -> Response:
    """Answer what went wrong."""
    body = orjson.dumps({"error": {"message": str(error)}})
    return Response(error.status, None, Content(b"application/json", body))


for status in (401, 404, 422):
    app.exceptions_handlers[status] = failed


@app.router.get("/livez")
async def alive() -> Response:
    """Answer as long as the process does."""
    return reply({})


@app.router.get("/api/tasks")
async def list_tasks(request: Request) -> Response:
    """Reply with all tasks of the user, newest first."""
    rows = await service.pool.fetch(LIST, owner(request))
    return reply([task_of(row) for row in rows])


@app.router.post("/api/tasks")
async def create_task(request: Request) -> Response:
    """Store a new task."""
    user_id, body = owner(request), await input_of(request)
    return await reply_with_one(ADD, user_id, body.title, body.description)


@app.router.get("/api/tasks/{int:id}")
async def get_task(request: Request, id: int) -> Response:
    """Reply with one task."""
    return await reply_with_one(GET, id, owner(request))


@app.router.put("/api/tasks/{int:id}")
async def update_task(request: Request, id: int) -> Response:
    """Replace title and description."""
    user_id, body = owner(request), await input_of(request)
    return await reply_with_one(REPLACE, id, user_id, body.title, body.description)


@app.router.patch("/api/tasks/{int:id}/complete")
async def toggle_task(request: Request, id: int) -> Response:
    """Flip a task between completed and not completed."""
    return await reply_with_one(TOGGLE, id, owner(request))
