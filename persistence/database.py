"""The database as the handlers see it."""

import time
from contextlib import nullcontext
from functools import partial
from typing import Any

from sqlalchemy import text

from persistence.errors import OwnerNotFound, SchemaNotReady
from persistence.kept_lists import KeptLists
from persistence.large_lists import Hold, LargeLists
from persistence.pool import (
    MAX_TASKS,
    MAX_TEXT,
    ConnectionPool,
    Execute,
    OnWait,
    PoolState,
    Span,
    always,
    untraced,
)
from persistence.readiness import Readiness, expected_revision
from persistence.tasks import TaskRepository
from persistence.turns import IsWanted
from persistence.users import Owner, Provisioning, Users, is_storable

REVISION = text("""
    SELECT version_num FROM tasks_alembic_version
     WHERE to_regclass('tasks') IS NOT NULL AND to_regclass('task_lists') IS NOT NULL
       AND to_regclass('idempotency_keys') IS NOT NULL
""")


class Database:
    """A PostgreSQL database, through at most `pool_size` connections, in one event loop.

    Nothing connects before the first use. Times are in seconds; what the URL itself says about
    connecting takes precedence. `hold` holds memory while a large list is read, `span` traces each
    statement, and `on_wait` is called with the time that it waited for a connection.

    Raises ValueError for a URL, a table name or a way of provisioning that cannot be used.
    """

    def __init__(  # noqa: PLR0913 -- each is one setting, and has its default here
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout: float = 1.0,
        request_timeout: float = 5.0,
        connect_timeout: float = 3.0,
        statement_timeout: float = 3.0,
        lock_timeout: float = 1.0,
        max_tasks: int = MAX_TASKS,
        max_text: int = MAX_TEXT,
        users_table: str = "users",
        user_provisioning: str = Provisioning.AUTO,
        hold: Hold = lambda _user, _bytes: nullcontext(),
        span: Span = untraced,
        on_wait: OnWait = lambda _seconds: None,
    ) -> None:
        self.request_timeout = request_timeout
        """Bounds all that the tasks of an owner or the readiness may take, once they are opened."""
        self._users = Users(users_table, Provisioning(user_provisioning))
        self._pool = ConnectionPool(
            url,
            size=pool_size,
            patience=pool_timeout,
            connect_timeout=connect_timeout,
            statement_timeout=statement_timeout,
            lock_timeout=lock_timeout,
            max_tasks=max_tasks,
            max_text=max_text,
            span=span,
            on_wait=on_wait,
        )
        self._lists = KeptLists()
        self._large_lists = LargeLists(hold)
        self._readiness = Readiness(self._require_revision)

    def tasks_of(
        self,
        owner_id: str,
        *,
        email: str | None = None,
        name: str | None = None,
        is_wanted: IsWanted = always,
    ) -> TaskRepository:
        """Open the tasks of one owner, for one request. An operation is committed when it returns.

        `email` and `name` are for the owner's row, if that is added. `is_wanted` returns whether
        the client still waits; if not, a statement is dropped before it has begun.

        Every operation raises a `PersistenceError` for what the database refused; any other
        exception is a bug.
        """
        if not is_storable(owner_id):
            raise OwnerNotFound
        self._readiness.note_traffic()
        deadline = time.monotonic() + self.request_timeout
        caller: dict[str, Any] = {"deadline": deadline, "user": owner_id, "is_wanted": is_wanted}
        return TaskRepository(
            partial(self._pool.execute, **caller),
            partial(self._pool.find, **caller),
            Owner(owner_id, email, name),
            self._users,
            lists=self._lists,
            read_large=partial(self._large_lists.read, owner_id, deadline, is_wanted),
            distrust_clocks=self._pool.distrust_clocks,
        )

    async def ready_age(self, *, ask: bool) -> float:
        """Return the seconds since the database last answered that it is ready.

        It is asked if `ask` is true, or if `Readiness` has no valid answer. Raises
        DatabaseUnavailable, or SchemaNotReady if the revision is an earlier one.
        """
        return await self._readiness.age(ask=ask)

    async def revision(self) -> str | None:
        """Return the revision of the schema, None if no migration has been applied.

        Raises DatabaseUnavailable.
        """
        try:
            rows = await self._execute_in_time()(REVISION, {}, repeatable=True)
        except SchemaNotReady:
            return None
        return str(rows[0][0]) if rows else None

    async def _require_revision(self) -> None:
        # Revisions are numbers of four digits, and a later one keeps what this version needs.
        if (await self.revision() or "") < expected_revision():
            raise SchemaNotReady

    def _execute_in_time(self) -> Execute:
        return partial(self._pool.execute, deadline=time.monotonic() + self.request_timeout)

    @property
    def pool_state(self) -> PoolState:
        """How many connections are open and in use at this moment."""
        return self._pool.state

    def dispose(self) -> None:
        """Close the idle connections now, and the others when they are given back."""
        self._pool.dispose()
