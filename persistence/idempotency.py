"""Idempotency keys: an addition happens once, however often it is requested.

One statement writes the row of a key and its task, so that neither exists without the other. The
row holds what the service chose (id and time), and the request that repeats the key brings title
and description: together they are the task as it was first returned, whatever has changed since.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache

import psycopg2
from psycopg2.errors import NotNullViolation
from sqlalchemy import (
    Executable,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    not_,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from persistence.connection import Rows
from persistence.errors import IdempotencyKeyReused, PersistenceError
from persistence.models import Added, Task
from persistence.models import idempotency_keys as keys
from persistence.pool import Execute
from persistence.statements import insertion_if, task_of
from persistence.users import Owner
from persistence.users_table import equals_owner, users_named

LIFETIME = text("interval '24 hours'")
SWEEP_LIMIT = 100
"""Expired keys that one addition deletes at most. It adds one, so they cannot accumulate."""

KEY = bindparam("key", type_=Text)
IS_THIS_KEY = and_(equals_owner(keys.c.user_id), keys.c.key == KEY)
IS_EXPIRED = keys.c.created_at < func.now() - LIFETIME

# The addition has just found that the key is in use, so its age is not checked again.
FIND = select(keys.c.fingerprint, keys.c.task_id, keys.c.created_at).where(IS_THIS_KEY)

EXPIRED = (
    select(keys.c.user_id, keys.c.key)
    .where(IS_EXPIRED)
    .order_by(keys.c.created_at)
    .limit(SWEEP_LIMIT)
    .with_for_update(skip_locked=True)
)
DELETE_EXPIRED = delete(keys).where(tuple_(keys.c.user_id, keys.c.key).in_(EXPIRED))


async def add_once(  # noqa: PLR0913, PLR0917 -- the owner, the table, and the three parts of the request
    execute: Execute,
    users_table: str,
    owner: Owner,
    key: str,
    title: str,
    description: str | None,
) -> Added | None:
    """Add a task, or return the one that was added with this key; None if there is no such owner.

    Raises IdempotencyKeyReused if the key was used with another title or description.
    """
    which = {**owner.values, "key": key}
    fingerprint = _fingerprint(title, description)
    values = {**which, "title": title, "description": description, "fingerprint": fingerprint}
    rows = await _insert(execute, insertion_with_key(users_table), values)
    if rows:
        await _sweep(execute)
        return Added(task_of(rows[0]))
    answered = await execute(FIND, which, repeatable=True)
    if not answered:
        return None
    kept, task_id, created_at = answered[0]
    if bytes(kept) != fingerprint:
        raise IdempotencyKeyReused
    task = _as_added(task_id, created_at.astimezone(UTC), owner.id, title, description)
    return Added(task, is_replayed=True)


def _as_added(
    task_id: int, added_at: datetime, owner_id: str, title: str, description: str | None
) -> Task:
    return Task(
        id=task_id,
        user_id=owner_id,
        title=title,
        description=description,
        completed=False,
        created_at=added_at,
        updated_at=added_at,
    )


async def _insert(execute: Execute, statement: Executable, values: Mapping[str, object]) -> Rows:
    try:
        return await execute(statement, values, repeatable=True, expires=True)
    except NotNullViolation as error:
        # Another request has just added a task with this key: see `insertion_with_key`.
        if error.diag.column_name != keys.c.task_id.name:
            raise
        return ()


def _fingerprint(title: str, description: str | None) -> bytes:
    return hashlib.sha256(json.dumps([title, description]).encode()).digest()


@lru_cache(maxsize=16)
def insertion_with_key(users_table: str) -> Executable:
    """Return the INSERT that adds a task and its key, if the owner exists and the key is unused.

    Of two concurrent ones, the second waits for the first, and then violates the NOT NULL
    constraint of `task_id`.
    """
    users = users_named(users_table)
    is_unused = ~exists().where(IS_THIS_KEY, not_(IS_EXPIRED))
    added = insertion_if(users_table, is_unused).cte("added")
    kept = insert(keys).from_select(
        ["user_id", "key", "fingerprint", "task_id", "created_at"],
        select(users.c.id, KEY, bindparam("fingerprint"), added.c.id, added.c.created_at).where(
            equals_owner(users.c.id)
        ),
    )
    # Only an expired key may be replaced. CASE turns any other into a NULL, and thus an error.
    given = kept.excluded
    replaced = kept.on_conflict_do_update(
        index_elements=[keys.c.user_id, keys.c.key],
        set_={
            "fingerprint": given.fingerprint,
            "task_id": case((IS_EXPIRED, given.task_id)),
            "created_at": given.created_at,
        },
    )
    return select(added).add_cte(replaced.cte("kept"))


async def _sweep(execute: Execute) -> None:
    """Delete some expired keys. The task has been added by then, whether this succeeds or not.

    A statement of its own, which waits for no lock: one that held these keys while it waited for
    the row of a user would deadlock with the deletion of that user, which locks them in reverse.
    """
    with suppress(psycopg2.Error, PersistenceError):
        await execute(DELETE_EXPIRED, {})
