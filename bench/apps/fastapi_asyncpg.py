"""FastAPI over SQLAlchemy's asyncio and asyncpg, written well.

One statement for each request, sent by SQLAlchemy Core, and committed by PostgreSQL itself, so that
nothing is asked for but the statement; no object is made that the answer does not need. FastAPI
writes the JSON with Pydantic's own serializer, its fastest way.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

import jwt
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Executable,
    MetaData,
    Table,
    Text,
    func,
    insert,
    not_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

SECRET = os.environ["BETTER_AUTH_SECRET"]
POOL_SIZE = 10

engine = create_async_engine(
    os.environ["DATABASE_URL"],
    isolation_level="AUTOCOMMIT",
    pool_size=POOL_SIZE,
    max_overflow=0,
    pool_reset_on_return=None,
)
bearer = HTTPBearer()
tasks = Table(
    "tasks",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("user_id", Text),
    Column("title", Text),
    Column("description", Text),
    Column("completed", Boolean),
    Column("created_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
)


class TaskInput(BaseModel):
    """What the user decides."""

    title: str = Field(min_length=1, max_length=500)
    description: str | None = Field(default=None, max_length=65536)


class Task(BaseModel):
    """A task, as it is answered."""

    id: int
    user_id: str
    title: str
    description: str | None
    completed: bool
    created_at: datetime
    updated_at: datetime


class OneTask(BaseModel):
    """The envelope of a task."""

    data: Task


class AllTasks(BaseModel):
    """The envelope of a list."""

    data: list[Task]


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Close the connections at the end."""
    yield
    await engine.dispose()


async def get_connection() -> AsyncIterator[AsyncConnection]:
    """Lend a request a connection, until before the answer goes out."""
    async with engine.connect() as connection:
        yield connection


async def get_user_id(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> str:
    """Return the user of the token."""
    try:
        user_id: str = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])["sub"]
    except (jwt.InvalidTokenError, KeyError) as error:
        raise HTTPException(401, "The token is not valid") from error
    return user_id


Connection = Annotated[AsyncConnection, Depends(get_connection, scope="function")]
User = Annotated[str, Depends(get_user_id)]
app = FastAPI(lifespan=lifespan)


async def one(connection: AsyncConnection, statement: Executable) -> OneTask:
    """Run a statement that gives one task, or none."""
    row = (await connection.execute(statement)).mappings().one_or_none()
    if row is None:
        raise HTTPException(404, "Task not found")
    return OneTask(data=Task.model_validate(row))


def is_own(id: int, user: str) -> Any:
    """Return the condition that this is the task, and the user's."""
    return (tasks.c.id == id) & (tasks.c.user_id == user)


@app.get("/livez")
async def alive() -> dict[str, str]:
    """Answer as long as the process does."""
    return {}


@app.get("/api/tasks")
async def list_tasks(user: User, connection: Connection) -> AllTasks:
    """Reply with all tasks of the user, newest first."""
    newest_first = (tasks.c.created_at.desc(), tasks.c.id.desc())
    found = select(tasks).where(tasks.c.user_id == user).order_by(*newest_first)
    rows = (await connection.execute(found)).mappings().all()
    return AllTasks.model_validate({"data": rows})


@app.post("/api/tasks", status_code=201)
async def create_task(
    body: TaskInput, user: User, connection: Connection, response: Response
) -> OneTask:
    """Store a new task."""
    values = {"user_id": user, "title": body.title, "description": body.description}
    added = await one(connection, insert(tasks).values(values).returning(tasks))
    response.headers["Location"] = f"/api/tasks/{added.data.id}"
    return added


@app.get("/api/tasks/{id}")
async def get_task(id: int, user: User, connection: Connection) -> OneTask:
    """Reply with one task."""
    return await one(connection, select(tasks).where(is_own(id, user)))


@app.put("/api/tasks/{id}")
async def update_task(id: int, body: TaskInput, user: User, connection: Connection) -> OneTask:
    """Replace title and description."""
    values = {"title": body.title, "description": body.description}
    return await changed(connection, id, user, values)


@app.patch("/api/tasks/{id}/complete")
async def toggle_task(id: int, user: User, connection: Connection) -> OneTask:
    """Flip a task between completed and not completed."""
    return await changed(connection, id, user, {"completed": not_(tasks.c.completed)})


async def changed(
    connection: AsyncConnection, id: int, user: str, values: dict[str, Any]
) -> OneTask:
    """Change a task of the user."""
    change = update(tasks).where(is_own(id, user)).values(updated_at=func.clock_timestamp())
    return await one(connection, change.values(values).returning(tasks))
