"""FastAPI and SQLModel over psycopg2, as their documentation shows it."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import ConfigDict, computed_field
from sqlmodel import DateTime, Field, Session, SQLModel, col, create_engine, select

SECRET = os.environ["BETTER_AUTH_SECRET"]

# The documentation leaves it at 15 connections. Then, of 100 requests at once, those that have one
# wait for a thread to write their JSON, and every thread waits for a connection: nothing is
# answered any more. With one for each request it works.
engine = create_engine(os.environ["DATABASE_URL"], pool_size=100)
bearer = HTTPBearer()
app = FastAPI()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class TaskInput(SQLModel):
    """What the user decides."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=500, schema_extra={"pattern": r"\S"})
    description: str | None = Field(default=None, max_length=65536)


class TaskPublic(SQLModel):
    """A task, as it is answered."""

    id: int
    user_id: str
    title: str
    description: str | None
    completed: bool
    created_at: datetime
    updated_at: datetime

    @computed_field  # type: ignore[prop-decorator]  # As Pydantic's documentation has it.
    @property
    def etag(self) -> str:
        """The version of the task."""
        version = self.updated_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return f'"{version}"'


class Task(SQLModel, table=True):
    """A task, as it is kept."""

    __tablename__ = "tasks"

    id: int | None = Field(default=None, primary_key=True)
    user_id: str = Field(index=True)
    title: str
    description: str | None = None
    completed: bool = False
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


class OneTask(SQLModel):
    """The envelope of a task."""

    data: TaskPublic


class AllTasks(SQLModel):
    """The envelope of a list."""

    data: list[TaskPublic]


def get_session() -> Iterator[Session]:
    """Open a session for a request."""
    with Session(engine) as session:
        yield session


async def get_user_id(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> str:
    """Return the user of the token."""
    try:
        payload = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "The token is not valid") from error
    user_id: str | None = payload.get("sub")
    if user_id is None:
        raise HTTPException(401, "The token names nobody")
    return user_id


SessionDep = Annotated[Session, Depends(get_session)]
UserDep = Annotated[str, Depends(get_user_id)]


def own_task(session: Session, user_id: str, task_id: int) -> Task:
    """Return a task of this user."""
    task = session.exec(select(Task).where(Task.id == task_id, Task.user_id == user_id)).first()
    if task is None:
        raise HTTPException(404, "Task not found")
    return task


def reply(task: Task, response: Response) -> dict[str, TaskPublic]:
    """Put a task into its envelope, and its version into a header."""
    public = TaskPublic.model_validate(task)
    response.headers["ETag"] = public.etag
    return {"data": public}


def save(session: Session, task: Task) -> None:
    """Commit a task, and read what was committed."""
    session.add(task)
    session.commit()
    session.refresh(task)


@app.get("/livez")
def alive() -> dict[str, str]:
    """Answer as long as the process does."""
    return {}


@app.get("/api/tasks", response_model=AllTasks)
def list_tasks(session: SessionDep, user_id: UserDep) -> object:
    """Reply with all tasks of the user, newest first."""
    newest_first = (col(Task.created_at).desc(), col(Task.id).desc())
    tasks = session.exec(select(Task).where(Task.user_id == user_id).order_by(*newest_first))
    return {"data": tasks.all()}


@app.post("/api/tasks", response_model=OneTask, status_code=201)
def create_task(
    body: TaskInput, session: SessionDep, user_id: UserDep, response: Response
) -> object:
    """Store a new task."""
    task = Task.model_validate(body, update={"user_id": user_id})
    save(session, task)
    response.headers["Location"] = f"/api/tasks/{task.id}"
    return reply(task, response)


@app.get("/api/tasks/{id}", response_model=OneTask)
def get_task(id: int, session: SessionDep, user_id: UserDep, response: Response) -> object:
    """Reply with one task."""
    return reply(own_task(session, user_id, id), response)


@app.put("/api/tasks/{id}", response_model=OneTask)
def update_task(
    id: int, body: TaskInput, session: SessionDep, user_id: UserDep, response: Response
) -> object:
    """Replace title and description."""
    task = own_task(session, user_id, id)
    task.sqlmodel_update(body, update={"updated_at": now()})
    save(session, task)
    return reply(task, response)


@app.patch("/api/tasks/{id}/complete", response_model=OneTask)
def toggle_task(id: int, session: SessionDep, user_id: UserDep, response: Response) -> object:
    """Flip a task between completed and not completed."""
    task = own_task(session, user_id, id)
    task.completed = not task.completed
    task.updated_at = now()
    save(session, task)
    return reply(task, response)
