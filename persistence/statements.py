"""The statements on the tasks: each says whose they are, and does its work in one go."""

from datetime import UTC
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Text,
    any_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    not_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate

from persistence.json_text import array_of_tasks
from persistence.models import Task, tasks
from persistence.users_table import is_owner, users_named

# The owner is sent without a type, so that PostgreSQL reads it as whatever type the users' id
# has, and finds it by the index; it is given back as text. PostgreSQL reads `0x10` as 16, so the
# text has to be the same, too.
OWNER: BindParameter[str] = bindparam("owner")
COLUMNS = (
    tasks.c.id,
    cast(tasks.c.user_id, Text).label("user_id"),
    tasks.c.title,
    tasks.c.description,
    tasks.c.completed,
    tasks.c.created_at,
    tasks.c.updated_at,
)
ALL = is_owner(tasks.c.user_id, OWNER)
ONE = ALL & (tasks.c.id == bindparam("task_id"))

# A server that was frozen reads, once it goes on, what it was sent long ago. A change that nobody
# waits for any more must not take effect then, over a later one that has been acknowledged.
# PostgreSQL evaluates this again after it had to wait for another change of the same row.
IN_TIME = func.clock_timestamp() < bindparam("expires_at")
ONE_IN_TIME = ONE & IN_TIME

# A clock may stand still or be set back; the time of the last change never does.
LATER = func.greatest(func.clock_timestamp(), tasks.c.updated_at + text("interval '1 microsecond'"))

LIST = select(array_of_tasks(tasks.c.created_at.desc(), tasks.c.id.desc())).where(ALL)
GET = select(*COLUMNS).where(ONE)
REPLACE = (
    update(tasks)
    .where(ONE_IN_TIME)
    .values(
        title=bindparam("new_title"), description=bindparam("new_description"), updated_at=LATER
    )
    .returning(*COLUMNS)
)
TOGGLE = (
    update(tasks)
    .where(ONE_IN_TIME)
    .values(completed=not_(tasks.c.completed), updated_at=LATER)
    .returning(*COLUMNS)
)
DELETE = delete(tasks).where(ONE_IN_TIME).returning(tasks.c.id)

# The time of its last change is the version of a task: no two changes of it share one.
IS_VERSION = tasks.c.updated_at == any_(bindparam("versions"))


@lru_cache(maxsize=16)
def insertion(users_table: str) -> ReturningInsert[Any]:
    """Give the INSERT that adds a task if its owner exists."""
    return insertion_if(users_table)


def insertion_if(users_table: str, *conditions: ColumnElement[bool]) -> ReturningInsert[Any]:
    """Give the INSERT that adds a task if its owner exists and the conditions hold.

    Without the first, an owner who is missing would break the foreign key, and one who is about to
    be added would look like one who has just been deleted.
    """
    users = users_named(users_table)
    values = (OWNER, bindparam("title", type_=Text), bindparam("description", type_=Text))
    is_known = exists().where(is_owner(users.c.id, OWNER))
    row = select(*values).where(is_known, IN_TIME, *conditions)
    columns = ["user_id", "title", "description"]
    return insert(tasks).from_select(columns, row).returning(*COLUMNS)


@lru_cache(maxsize=8)
def of_version(
    change: ReturningUpdate[Any] | ReturningDelete[Any],
) -> ReturningUpdate[Any] | ReturningDelete[Any]:
    """Give the change for a task that has one of the `versions`."""
    return change.where(IS_VERSION)


def task_of(row: tuple[Any, ...]) -> Task:
    """Read a row of `COLUMNS`."""
    task_id, user_id, title, description, completed, created_at, updated_at = row
    return Task(
        task_id,
        user_id,
        title,
        description,
        completed,
        created_at.astimezone(UTC),
        updated_at.astimezone(UTC),
    )
