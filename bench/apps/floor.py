"""The floor: Starlette, asyncpg and orjson. The token is decoded, and nothing is validated.

Less than this cannot be done in Python with a web framework and a database driver: what another
service takes beyond it is the price of what it does beyond it.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import jwt
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SECRET = os.environ["BETTER_AUTH_SECRET"]
POOL_SIZE = 10

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


async def leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Reset nothing after a request, for none has set anything: that saves a round trip."""


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
    """Open the pool, whose connections keep their statements prepared."""
    url, size = os.environ["DATABASE_URL"], POOL_SIZE
    async with asyncpg.create_pool(url, min_size=size, max_size=size, reset=leave_as_it_is) as pool:
        yield {"pool": pool}


async def alive(_request: Request) -> Response:
    """Answer as long as the process does."""
    return Response(b"{}", media_type="application/json")


async def list_tasks(request: Request) -> Response:
    """Reply with all tasks of the user, newest first."""
    rows = await request.state.pool.fetch(LIST, owner(request))
    return reply([dict(row) for row in rows])


async def create_task(request: Request) -> Response:
    """Store a new task."""
    user_id = owner(request)
    body = orjson.loads(await request.body())
    values = (user_id, body["title"], body.get("description"))
    row = await request.state.pool.fetchrow(ADD, *values)
    return reply(dict(row), 201, {"Location": f"/api/tasks/{row['id']}"})


async def get_task(request: Request) -> Response:
    """Reply with one task."""
    return await reply_with_one(request, GET)


async def update_task(request: Request) -> Response:
    """Replace title and description."""
    body = orjson.loads(await request.body())
    return await reply_with_one(request, REPLACE, body["title"], body.get("description"))


async def toggle_task(request: Request) -> Response:
    """Flip a task between completed and not completed."""
    return await reply_with_one(request, TOGGLE)


async def reply_with_one(request: Request, statement: str, *values: object) -> Response:
    """Run a statement on the task of the path."""
    ids = (int(request.path_params["id"]), owner(request))
    row = await request.state.pool.fetchrow(statement, *ids, *values)
    return Response(status_code=404) if row is None else reply(dict(row))


def owner(request: Request) -> str:
    """Return the user of the token, which has to be signed and not expired."""
    token = request.headers["authorization"].removeprefix("Bearer ")
    subject: str = jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]
    return subject


def reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Put the data into its envelope."""
    body = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
    return Response(body, status, headers, media_type="application/json")


app = Starlette(
    routes=[
        Route("/livez", alive),
        Route("/api/tasks", list_tasks, methods=["GET"]),
        Route("/api/tasks", create_task, methods=["POST"]),
        Route("/api/tasks/{id}", get_task, methods=["GET"]),
        Route("/api/tasks/{id}", update_task, methods=["PUT"]),
        Route("/api/tasks/{id}/complete", toggle_task, methods=["PATCH"]),
    ],
    lifespan=lifespan,
)
