"""FastAPI over asyncpg, with orjson, written well.

One prepared statement for each request, and nothing between it and asyncpg. Pydantic validates the
bodies, orjson writes the answers, and verified tokens are remembered.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated, Any

import asyncpg
import jwt
import orjson
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

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


class TaskInput(BaseModel):
    """What the user decides."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=500, pattern=r"\S")
    description: str | None = Field(default=None, max_length=65536)


async def leave_as_it_is(_connection: asyncpg.Connection) -> None:
    """Reset nothing after a request, for none has set anything: that saves a round trip."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the pool, whose connections keep their statements prepared."""
    url, size = os.environ["DATABASE_URL"], POOL_SIZE
    async with asyncpg.create_pool(url, min_size=size, max_size=size, reset=leave_as_it_is) as pool:
        app.state.pool = pool
        yield


@lru_cache(maxsize=MAX_TOKENS)
def verified(token: str) -> dict[str, Any]:
    """Verify a token, once."""
    claims: dict[str, Any] = jwt.decode(
        token, SECRET, algorithms=["HS256"], options={"require": ["sub", "exp"]}
    )
    return claims


bearer = HTTPBearer()


async def get_user_id(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> str:
    """Return the user of the token."""
    try:
        claims = verified(credentials.credentials)
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "The token is not valid") from error
    if claims["exp"] <= time.time():
        raise HTTPException(401, "The token has expired")
    user_id: str = claims["sub"]
    return user_id


async def get_pool(request: Request) -> asyncpg.Pool:
    """Return the connections."""
    return request.app.state.pool


Pool = Annotated[asyncpg.Pool, Depends(get_pool)]
User = Annotated[str, Depends(get_user_id)]
app = FastAPI(lifespan=lifespan)


def reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Put the data into its envelope."""
    body = orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
    return Response(body, status, headers, "application/json")


def task_of(row: asyncpg.Record) -> dict[str, Any]:
    """Return a task, with its version as an entity tag."""
    tag = orjson.dumps(row["updated_at"], option=orjson.OPT_UTC_Z).decode()
    return {**row, "etag": tag}


async def reply_with_one(pool: asyncpg.Pool, statement: str, *values: object) -> Response:
    """Run a statement that gives one task, or none."""
    row = await pool.fetchrow(statement, *values)
    if row is None:
        raise HTTPException(404, "Task not found")
    task = task_of(row)
    headers = {"ETag": task["etag"]}
    if statement is not ADD:
        return reply(task, headers=headers)
    return reply(task, 201, {**headers, "Location": f"/api/tasks/{row['id']}"})


@app.get("/livez")
async def alive() -> dict[str, str]:
    """Answer as long as the process does."""
    return {}


@app.get("/api/tasks")
async def list_tasks(user: User, pool: Pool) -> Response:
    """Reply with all tasks of the user, newest first."""
    return reply([task_of(row) for row in await pool.fetch(LIST, user)])


@app.post("/api/tasks")
async def create_task(body: TaskInput, user: User, pool: Pool) -> Response:
    """Store a new task."""
    return await reply_with_one(pool, ADD, user, body.title, body.description)


@app.get("/api/tasks/{id}")
async def get_task(id: int, user: User, pool: Pool) -> Response:
    """Reply with one task."""
    return await reply_with_one(pool, GET, id, user)


@app.put("/api/tasks/{id}")
async def update_task(id: int, body: TaskInput, user: User, pool: Pool) -> Response:
    """Replace title and description."""
    return await reply_with_one(pool, REPLACE, id, user, body.title, body.description)


@app.patch("/api/tasks/{id}/complete")
async def toggle_task(id: int, user: User, pool: Pool) -> Response:
    """Flip a task between completed and not completed."""
    return await reply_with_one(pool, TOGGLE, id, user)
