"""The way to the database: a pool of connections, and one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import create_engine, text

from persistence.errors import OwnerNotFound, SchemaNotReady, translated
from persistence.tasks import TaskRepository
from persistence.url import connection_parameters
from persistence.users import Owner, Provisioning, Users, is_storable

# A network that falls silent is given up after about seven seconds, not after many minutes.
DRIVER_DEFAULTS = {
    "application_name": "tasks-api",
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}

# An idle connection is replaced after half an hour, before a firewall forgets about it.
RECYCLE_SECONDS = 1800


class Database:
    """A PostgreSQL database, through a pool of at most `pool_size` connections.

    Nothing connects before the first use, and nothing is set on a connection that would outlive
    a transaction, so that a pooler in transaction mode may stand between. Time-outs are in
    seconds; what the URL itself says about connecting comes first.

    Raises ValueError for a URL, a table name or a way of provisioning that cannot be used.
    """

    def __init__(  # noqa: PLR0913 -- each is one setting, and has its default here
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout: float = 1.0,
        connect_timeout: int = 3,
        statement_timeout: float = 3.0,
        lock_timeout: float = 1.0,
        users_table: str = "users",
        user_provisioning: str = Provisioning.AUTO,
    ) -> None:
        defaults: dict[str, Any] = {**DRIVER_DEFAULTS, "connect_timeout": connect_timeout}
        # Behind a pooler in transaction mode only what ends with the transaction may be set.
        self._limits = (
            f"SET LOCAL statement_timeout = {round(statement_timeout * 1000)};"
            f"SET LOCAL lock_timeout = {round(lock_timeout * 1000)}"
        )
        self._users = Users(users_table, Provisioning(user_provisioning))
        self._engine = create_engine(
            "postgresql+psycopg2://",
            connect_args=defaults | connection_parameters(url),
            hide_parameters=True,
            use_native_hstore=False,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout,
            pool_recycle=RECYCLE_SECONDS,
            pool_use_lifo=True,
            pool_pre_ping=True,
        )

    @contextmanager
    def tasks_of(
        self, owner_id: str, *, email: str | None = None, name: str | None = None
    ) -> Iterator[TaskRepository]:
        """Open one transaction on the owner's tasks; it commits at the end, or rolls back.

        `email` and `name` are for the owner's row, where it is added. Raises, also at the end,
        a `PersistenceError` for what the database refused; anything else is a bug.
        """
        if not is_storable(owner_id):
            raise OwnerNotFound
        with translated(), self._engine.begin() as connection:
            connection.exec_driver_sql(self._limits)
            yield TaskRepository(connection, Owner(owner_id, email, name), self._users)

    def revision(self) -> str | None:
        """Give the migration that the database is at, None where none has been applied.

        Raises DatabaseUnavailable.
        """
        try:
            with translated(), self._engine.connect() as connection:
                connection.exec_driver_sql(self._limits)
                revision: str | None = connection.scalar(
                    text("SELECT version_num FROM alembic_version")
                )
        except SchemaNotReady:
            return None
        return revision

    def dispose(self) -> None:
        """Close the connections that are not in use."""
        self._engine.dispose()
