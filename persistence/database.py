"""The database as the handlers see it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from sqlalchemy import text

from persistence.compiled import Span
from persistence.errors import OwnerNotFound, SchemaNotReady, translated
from persistence.pool import ConnectionPool, PoolState
from persistence.readiness import Readiness, expected_revision
from persistence.tasks import TaskRepository
from persistence.users import Owner, Provisioning, Users, is_storable

REVISION = text("SELECT version_num FROM alembic_version")


class Database:
    """A PostgreSQL database, through at most `pool_size` connections.

    Nothing connects before the first use. Times are in seconds; what the URL itself says about
    connecting takes precedence. `persistence.deadline` bounds all of them together. `span` traces
    each statement.

    Raises ValueError for a URL, a table name or a way of provisioning that cannot be used.
    """

    def __init__(  # noqa: PLR0913 -- each is one setting, and has its default here
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout: float = 1.0,
        connect_timeout: float = 3.0,
        statement_timeout: float = 3.0,
        lock_timeout: float = 1.0,
        users_table: str = "users",
        user_provisioning: str = Provisioning.AUTO,
        span: Span = nullcontext,
    ) -> None:
        self._users = Users(users_table, Provisioning(user_provisioning))
        self._pool = ConnectionPool(
            url,
            size=pool_size,
            timeout=pool_timeout,
            connect_timeout=connect_timeout,
            statement_timeout=statement_timeout,
            lock_timeout=lock_timeout,
            span=span,
        )
        self._readiness = Readiness(self._require_revision)

    @contextmanager
    def tasks_of(
        self, owner_id: str, *, email: str | None = None, name: str | None = None
    ) -> Iterator[TaskRepository]:
        """Open the tasks of one owner. An operation is committed when it returns.

        `email` and `name` are for the owner's row, if that is added. Raises a `PersistenceError`
        for what the database refused; any other exception is a bug.
        """
        if not is_storable(owner_id):
            raise OwnerNotFound
        self._readiness.note_traffic()
        with translated():
            yield TaskRepository(self._pool, Owner(owner_id, email, name), self._users)

    def ready_age(self, *, ask: bool) -> float:
        """Return the seconds since the database last answered that it is ready.

        It is asked if `ask` is true, or if `Readiness` has no valid answer. Raises
        DatabaseUnavailable, or SchemaNotReady if the revision is an earlier one.
        """
        return self._readiness.age(ask=ask)

    def revision(self) -> str | None:
        """Return the revision of the schema, None if no migration has been applied.

        Raises DatabaseUnavailable.
        """
        try:
            with translated():
                rows = self._pool.execute(REVISION, {}, repeatable=True)
        except SchemaNotReady:
            return None
        return str(rows[0][0]) if rows else None

    def _require_revision(self) -> None:
        # Revisions are numbers of four digits, and a later one keeps what this version needs.
        if (self.revision() or "") < expected_revision():
            raise SchemaNotReady

    @property
    def pool_state(self) -> PoolState:
        """How many connections are open and in use at this moment."""
        return self._pool.state

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        self._pool.dispose()
