"""The statements on tasks: each is limited to one owner, and does its work in one round trip."""

from datetime import UTC
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    all_,
    any_,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    insert,
    literal_column,
    not_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate
from sqlalchemy.types import TypeEngine

from persistence.models import Task, task_lists, tasks
from persistence.shared_reads import SharedRead
from persistence.users_table import OWNER_AS_TEXT, equals_owner, users_named

COLUMNS = (
    tasks.c.id,
    cast(tasks.c.user_id, Text).label("user_id"),
    tasks.c.title,
    tasks.c.description,
    tasks.c.completed,
    tasks.c.created_at,
    tasks.c.updated_at,
)
BELONGS_TO_OWNER = equals_owner(tasks.c.user_id)
IS_THIS_TASK = BELONGS_TO_OWNER & (tasks.c.id == bindparam("task_id"))

# A server that was frozen reads, once it goes on, what it was sent long ago. A write that nobody
# waits for any more must not take effect then, over a later one that has been acknowledged.
# PostgreSQL evaluates this again after it had to wait for another change of the same row.
NOT_EXPIRED = func.clock_timestamp() < bindparam("expires_at")

# The time of its last change is the version of a task: no two changes of it have the same one.
HAS_VERSION = tasks.c.updated_at == any_(bindparam("versions"))
HAS_NO_EXCLUDED_VERSION = tasks.c.updated_at != all_(bindparam("excluded"))

# A clock may stand still or be set back; `updated_at` must not.
NEXT_UPDATED_AT = func.greatest(
    func.clock_timestamp(), tasks.c.updated_at + text("interval '1 microsecond'")
)


def _json_array(*order: ColumnElement[Any]) -> ColumnElement[str]:
    """Aggregate the tasks into the text of a JSON array in that order; null if there are none.

    PostgreSQL writes it (docs/decisions/0017-a-list-as-json-text.md). Each object has the members
    of a `Task`, in the same order and spelling as orjson writes them.
    """
    objects = func.string_agg(_json_object(), aggregate_order_by(_quoted(","), *order))
    return _quoted("[") + objects + _quoted("]")


def _json_object(table: FromClause = tasks) -> ColumnElement[str]:
    # Of the ways to write a row, `concat` is the fastest: it takes each value as it is printed.
    members: dict[str, ColumnElement[Any]] = {
        "id": table.c.id,
        "user_id": func.to_json(cast(table.c.user_id, Text)),
        "title": func.to_json(table.c.title),
        "description": func.coalesce(
            cast(func.to_json(table.c.description), Text), _quoted("null")
        ),
        "completed": func.to_json(table.c.completed),
        "created_at": _json_time(table.c.created_at),
        "updated_at": _json_time(table.c.updated_at, _TIME_AND_TAG),
    }
    parts: list[ColumnElement[Any]] = []
    for name, value in members.items():
        parts += _quoted(f'{"," if parts else "{"}"{name}":'), value
    return func.concat(*parts, _quoted("}"))


# RFC 3339. What is in quotes is written as it is, without the backslash before a character.
_TIME = r'\"YYYY-MM-DD"T"HH24:MI:SS.US"Z\""'
_TIME_AND_TAG = _TIME + r'",\"etag\":\"\\\""YYYY-MM-DD"T"HH24:MI:SS.US"Z\\\"\""'
"""Likewise, and the tag that `handlers.entity_tags` makes of it: to write a time takes longest."""


def _json_time(column: ColumnElement[Any], form: str = _TIME) -> ColumnElement[str]:
    """Write a time in UTC, without a fraction if that is zero."""
    written = func.to_char(func.timezone(_quoted("UTC"), column), _quoted(form))
    return func.replace(written, _quoted(".000000Z"), _quoted("Z"))


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), BigInteger)


def _quoted(value: str) -> ColumnElement[str]:
    # With E, a backslash means the same whatever `standard_conforming_strings` is.
    escaped = value.replace("\\", r"\\")
    return literal_column(f"E'{escaped}'" if "\\" in value else f"'{value}'", Text)


_ARRAY = select(_json_array(tasks.c.created_at.desc(), tasks.c.id.desc())).where(BELONGS_TO_OWNER)
_OWNER_IN_ONE_ROW = (
    select(literal_column("1"))
    .subquery("one")
    .outerjoin(task_lists, task_lists.c.user_id == OWNER_AS_TEXT)
)

_IS_KNOWN = task_lists.c.version == any_(bindparam("known"))

LARGE_BYTES = 2**20
"""A list that is larger is read in pieces: see `LargeLists`."""

PAGE_BYTES = 2**19
"""Of text. PostgreSQL may write six bytes for one, and 6 MB hold the event loop for 20 ms."""

OVERHEAD_BYTES = 300
"""Of a task in JSON, without its title and its description."""

_size = task_lists.c.bytes + _number(OVERHEAD_BYTES) * task_lists.c.tasks
_NOT_COUNTED = _number(LARGE_BYTES + 1)
# Without a row, there are no tasks.
SIZE = case((task_lists.c.version.is_(None), _number(0)), else_=func.coalesce(_size, _NOT_COUNTED))
IS_LARGE = _number(LARGE_BYTES) < SIZE

# The tasks are read only if their version is not known. Both are of one moment, as each statement
# sees what had been committed when it began.
LIST = select(
    task_lists.c.version,
    SIZE,
    case((_IS_KNOWN | IS_LARGE, None), else_=_ARRAY.scalar_subquery()),
).select_from(_OWNER_IN_ONE_ROW)


@lru_cache(maxsize=2)
def page(*, is_narrowed: bool) -> Select[Any]:
    """Return the SELECT of a part of the list; a row for each task.

    The columns are the version of the list, the number of tasks that were found, and the time, id
    and JSON of one. There are fewer rows than found tasks if these have more than `room` bytes of
    text; and one row, without a task, if there are none or if the version is known.

    It takes `known`, `limit`, `room`, `after_time`, `after_id`, and `completed` if it
    `is_narrowed`.
    """
    after = tuple_(bindparam("after_time"), bindparam("after_id"))
    conditions = [BELONGS_TO_OWNER, tuple_(tasks.c.created_at, tasks.c.id) < after]
    if is_narrowed:
        conditions.append(tasks.c.completed == bindparam("completed"))
    limit = bindparam("limit", type_=BigInteger)
    found = select(tasks).where(*conditions).order_by(*_newest_first(tasks)).limit(limit).subquery()
    size = func.octet_length(found.c.title) + func.coalesce(
        func.octet_length(found.c.description), _number(0)
    )
    before = func.sum(size).over(order_by=_newest_first(found)) - size
    total = func.count().over().label("total")
    sized = select(found, before.label("before"), total).subquery()
    is_unknown = not_(func.coalesce(_IS_KNOWN, false()))
    page = (
        select(sized.c.total, sized.c.created_at, sized.c.id, _json_object(sized).label("object"))
        .where(sized.c.before < bindparam("room"), is_unknown)
        .lateral("page")
    )
    return (
        select(task_lists.c.version, page)
        .select_from(_OWNER_IN_ONE_ROW.outerjoin(page, true()))
        .order_by(*_newest_first(page))
    )


def _newest_first(table: FromClause) -> tuple[ColumnElement[Any], ...]:
    return table.c.created_at.desc(), table.c.id.desc()


GET = select(*COLUMNS).where(IS_THIS_TASK)


def _keys(**parts: TypeEngine[Any]) -> tuple[FromClause, tuple[str, ...]]:
    """Return a table of keys, with a column for each part, and the names of the arrays it is from.

    What is joined to it has an OFFSET, so that PostgreSQL looks up each key by the index. Otherwise
    it may plan to read the whole of a table that is small now, and keep this plan when it is large.
    """
    arrays = {
        f"{part}_array": cast(bindparam(f"{part}_array"), ARRAY(parts[part])) for part in parts
    }
    table = func.unnest(*arrays.values()).table_valued(*parts).render_derived("asked")
    return table, tuple(arrays)


def _get_shared() -> SharedRead:
    asked, arrays = _keys(task_id=BigInteger(), owner=Text())
    task = (
        select(*COLUMNS)
        .where(tasks.c.id == asked.c.task_id, cast(tasks.c.user_id, Text) == asked.c.owner)
        .offset(_number(0))
        .lateral("task")
    )
    return SharedRead(select(task).select_from(asked.join(task, true())), arrays)


def _list_shared() -> SharedRead:
    asked, arrays = _keys(owner=Text(), kept=BigInteger())
    is_next = (task_lists.c.changed_from == asked.c.kept) & (
        task_lists.c.changed_to == task_lists.c.version
    )
    newest = (
        select(
            task_lists.c.user_id,
            task_lists.c.version,
            case((is_next, task_lists.c.changed_task)).label("changed"),
        )
        .where(task_lists.c.user_id == asked.c.owner)
        .offset(_number(0))
        .lateral("newest")
    )
    task = (
        select(_json_object().label("object"))
        .where(tasks.c.id == newest.c.changed, cast(tasks.c.user_id, Text) == newest.c.user_id)
        .offset(_number(0))
        .lateral("task")
    )
    columns = (newest.c.user_id, asked.c.kept, newest.c.version, newest.c.changed, task.c.object)
    joined = asked.join(newest, true()).outerjoin(task, true())
    return SharedRead(select(*columns).select_from(joined), arrays)


GET_SHARED = _get_shared()
"""By the id of a task and its owner. Returns `COLUMNS`."""

LIST_SHARED = _list_shared()
"""By the owner and the version of the list that is kept, 0 if none is. Returns these, the newest
version, the id of the task if only one has changed between the two, and its JSON: null if it was
deleted."""

REPLACE = (
    update(tasks)
    .where(IS_THIS_TASK, NOT_EXPIRED)
    .values(
        title=bindparam("new_title"),
        description=bindparam("new_description"),
        updated_at=NEXT_UPDATED_AT,
    )
    .returning(*COLUMNS)
)
TOGGLE = (
    update(tasks)
    .where(IS_THIS_TASK, NOT_EXPIRED)
    .values(completed=not_(tasks.c.completed), updated_at=NEXT_UPDATED_AT)
    .returning(*COLUMNS)
)
DELETE = delete(tasks).where(IS_THIS_TASK, NOT_EXPIRED).returning(tasks.c.id)


@lru_cache(maxsize=16)
def insertion(users_table: str) -> ReturningInsert[Any]:
    """Return the INSERT that adds a task if its owner exists."""
    return insertion_if(users_table)


def insertion_if(users_table: str, *conditions: ColumnElement[bool]) -> ReturningInsert[Any]:
    """Return the INSERT that adds a task if its owner exists and the conditions hold.

    Without the first condition, an unknown owner would violate the foreign key, and an owner who is
    about to be added would look like one who has just been deleted.
    """
    users = users_named(users_table)
    # The id comes from the owner's row, and so in the type that it has there.
    values = (users.c.id, bindparam("title", type_=Text), bindparam("description", type_=Text))
    row = select(*values).where(equals_owner(users.c.id), NOT_EXPIRED, *conditions)
    columns = ["user_id", "title", "description"]
    return insert(tasks).from_select(columns, row).returning(*COLUMNS)


@lru_cache(maxsize=16)
def limited(
    change: ReturningUpdate[Any] | ReturningDelete[Any], *, to_versions: bool, excludes: bool
) -> ReturningUpdate[Any] | ReturningDelete[Any]:
    """Return the change, limited to a task that has one of the `versions`, and none `excluded`."""
    if to_versions:
        change = change.where(HAS_VERSION)
    return change.where(HAS_NO_EXCLUDED_VERSION) if excludes else change


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
