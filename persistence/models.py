"""The tables and their constraints, and `Task`, which the rest of the service uses."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    func,
)
from sqlalchemy.types import TypeEngine

from persistence.users_table import qualified

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

# What JavaScript's trim() or Python's str.strip() removes. Listed here, because PostgreSQL's own
# idea of white space depends on its locale.
BLANKS = (
    r"\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680"
    r"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    r"\u2028\u2029\u202f\u205f\u3000\ufeff"
)


@dataclass(frozen=True, slots=True)
class Task:
    """One task. Both times are aware and in UTC."""

    id: int
    user_id: str
    title: str
    description: str | None
    completed: bool
    created_at: datetime
    updated_at: datetime


class Added(NamedTuple):
    """A task that was added."""

    task: Task
    """As it was when it was added."""
    is_replayed: bool = False
    """Whether that was done by an earlier request with the same idempotency key."""


class Position(NamedTuple):
    """Where a task is in the list."""

    created_at: datetime
    id: int


class Page(NamedTuple):
    """A part of the list."""

    limit: int | None = None
    """How many tasks; None for all."""
    after: Position | None = None
    """Only tasks behind this one, which may have been deleted."""
    completed: bool | None = None
    """Only tasks that are completed, or that are not."""


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks of one owner, or a page of them, newest first."""

    version: int | None
    """Changes with every change of the tasks, and is never used twice; 0 if there are no tasks.
    None until migration 0003 has counted the tasks, or one of them has changed since."""

    array: bytes | None
    """A JSON array of objects, each with the members of `Task`. None if the version is known."""

    more: tuple[bytes, ...] = ()
    """The rest of the array, if it is large."""

    changes: int = field(default=0, compare=False)
    """How many changes have been put into it since it was read."""

    next: Position | None = None
    """The last task of a page that is followed by another one."""


def build_metadata(
    users_table: str = "users", user_id_type: TypeEngine[Any] | None = None
) -> MetaData:
    """Describe our tables, and the users' table only as far as foreign keys refer to it.

    `user_id_type` is the type of that table's `id`; text by default.
    """
    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    id_type = user_id_type or Text()
    name, schema = qualified(users_table)
    users = Table(
        name,
        metadata,
        Column("id", id_type, primary_key=True),
        schema=schema,
        info={"belongs_to_better_auth": True},
    )
    _tasks_table(metadata, users.c.id)
    _idempotency_keys_table(metadata, users.c.id)
    _task_lists_table(metadata)
    return metadata


def _tasks_table(metadata: MetaData, owner: Column[Any]) -> Table:
    time = DateTime(timezone=True)
    table = Table(
        "tasks",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("user_id", owner.type, ForeignKey(owner, ondelete="CASCADE"), nullable=False),
        Column("title", Text, nullable=False),
        Column("description", Text),
        Column("completed", Boolean, nullable=False, server_default=false()),
        Column("created_at", time, nullable=False, server_default=func.now()),
        Column("updated_at", time, nullable=False, server_default=func.now()),
        CheckConstraint("char_length(title) BETWEEN 1 AND 500", name="title_length"),
        CheckConstraint(f"btrim(title, E'{BLANKS}') <> ''", name="title_not_blank"),
        CheckConstraint("char_length(description) <= 65536", name="description_length"),
        CheckConstraint("updated_at >= created_at", name="updated_after_created"),
        postgresql_with={"fillfactor": "90"},
    )
    Index("ix_tasks_newest_first", table.c.user_id, table.c.created_at.desc(), table.c.id.desc())
    return table


def _idempotency_keys_table(metadata: MetaData, owner: Column[Any]) -> None:
    # A key outlives its task, so `task_id` has no foreign key.
    table = Table(
        "idempotency_keys",
        metadata,
        Column("user_id", owner.type, ForeignKey(owner, ondelete="CASCADE"), primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("task_id", BigInteger, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False),
        CheckConstraint("char_length(key) BETWEEN 1 AND 255", name="key_length"),
    )
    Index("ix_idempotency_keys_created_at", table.c.created_at)


def _task_lists_table(metadata: MetaData) -> None:
    # Triggers of the tasks keep it (migration 0003): a row for each owner who has tasks. If
    # `changed_to` is the version, it was one task that changed since the version `changed_from`.
    Table(
        "task_lists",
        metadata,
        Column("user_id", Text, primary_key=True),
        Column("version", BigInteger, nullable=False),
        Column("tasks", BigInteger),
        Column("bytes", BigInteger),
        Column("changed_from", BigInteger),
        Column("changed_to", BigInteger),
        Column("changed_task", BigInteger),
        postgresql_with={"fillfactor": "50"},
    )


metadata = build_metadata()
tasks = metadata.tables["tasks"]
idempotency_keys = metadata.tables["idempotency_keys"]
task_lists = metadata.tables["task_lists"]
