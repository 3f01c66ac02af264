"""Additions that happen once, however often they are asked for: the keys, and their statements.

The row of a key is written by the statement that adds its task, so one is never without the
other. The row holds what the service decided, and the request that repeats the key brings the rest:
together they are the task as it was first answered, whatever has become of it since.
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
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from persistence.compiled import Rows
from persistence.errors import IdempotencyKeyReused
from persistence.models import Task
from persistence.models import idempotency_keys as keys
from persistence.pool import ConnectionPool
from persistence.statements import OWNER, insertion_if, task_of
from persistence.users_table import is_owner

LIFETIME = text("interval '24 hours'")
SWEEP = 100
"""How many expired keys one addition removes at most; it adds one, so they cannot pile up."""

KEY = bindparam("key", type_=Text)
THIS_KEY = and_(is_owner(keys.c.user_id, OWNER), keys.c.key == KEY)
IS_EXPIRED = keys.c.created_at < func.now() - LIFETIME

# The addition has just found the key in use, so it is not asked again whether it has expired.
FIND = select(keys.c.fingerprint, keys.c.task_id, keys.c.created_at).where(THIS_KEY)

EXPIRED = (
    select(keys.c.user_id, keys.c.key)
    .where(IS_EXPIRED)
    .order_by(keys.c.created_at)
    .limit(SWEEP)
    .with_for_update(skip_locked=True)
)
SWEEP_OUT = delete(keys).where(tuple_(keys.c.user_id, keys.c.key).in_(EXPIRED))


def add_once(  # noqa: PLR0913, PLR0917 -- whose, where, and the three parts of the request
    pool: ConnectionPool,
    users_table: str,
    owner_id: str,
    key: str,
    title: str,
    description: str | None,
) -> Task | None:
    """Add a task, or give the one that was added with this key; None where the owner is missing.

    Raises IdempotencyKeyReused where the key was used with another title or description.
    """
    which = {"owner": owner_id, "key": key}
    fingerprint = _fingerprint(title, description)
    values = {**which, "title": title, "description": description, "fingerprint": fingerprint}
    rows = _insert(pool, insertion_with_key(users_table), values)
    if rows:
        _sweep(pool)
        return task_of(rows[0])
    answered = pool.execute(FIND, which, repeatable=True)
    if not answered:
        return None
    kept, task_id, created_at = answered[0]
    if bytes(kept) != fingerprint:
        raise IdempotencyKeyReused
    return _as_added(task_id, created_at.astimezone(UTC), owner_id, title, description)


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


def _insert(pool: ConnectionPool, statement: Executable, values: Mapping[str, object]) -> Rows:
    try:
        return pool.execute(statement, values, repeatable=True, expires=True)
    except NotNullViolation:
        return ()  # Another request has added a task with this key in the meantime.


def _fingerprint(title: str, description: str | None) -> bytes:
    return hashlib.sha256(json.dumps([title, description]).encode()).digest()


@lru_cache(maxsize=16)
def insertion_with_key(users_table: str) -> Executable:
    """Give the INSERT that adds a task and its key, if its owner exists and the key is not in use.

    Of two at once, the second waits for the first, and then fails with a NULL where none may be.
    """
    is_new = ~exists().where(THIS_KEY, not_(IS_EXPIRED))
    added = insertion_if(users_table, is_new).cte("added")
    kept = insert(keys).from_select(
        ["user_id", "key", "fingerprint", "task_id", "created_at"],
        select(OWNER, KEY, bindparam("fingerprint"), added.c.id, added.c.created_at),
    )
    # Only an expired key may be taken over. CASE makes anything else a NULL, and thereby an error.
    given = kept.excluded
    taken_over = kept.on_conflict_do_update(
        index_elements=[keys.c.user_id, keys.c.key],
        set_={
            "fingerprint": given.fingerprint,
            "task_id": case((IS_EXPIRED, given.task_id)),
            "created_at": given.created_at,
        },
    )
    return select(added).add_cte(taken_over.cte("kept"))


def _sweep(pool: ConnectionPool) -> None:
    """Remove some expired keys. The task is added by then, whatever becomes of this.

    In a statement of its own, which waits for nobody: one that held these keys while it waited for
    the row of a user could meet the deletion of that user, which takes both the other way round.
    """
    with suppress(psycopg2.Error, PoolTimeoutError):
        pool.execute(SWEEP_OUT, {})
