"""Whether an owner exists, and who adds the ones that do not."""

from dataclasses import dataclass
from enum import StrEnum

from psycopg2 import IntegrityError
from psycopg2.errors import GeneratedAlways, UndefinedColumn
from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from persistence.errors import OwnerNotFound
from persistence.pool import ConnectionPool
from persistence.users_table import equals_owner, is_stand_in, users_named


class Provisioning(StrEnum):
    """What happens to an owner who is not in the users' table."""

    AUTO = "auto"
    """Added to a stand-in, refused where the table is Better Auth's own."""
    CREATE = "create"
    """Added with the first task."""
    REQUIRE = "require"
    """Refused."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user whom the tasks belong to, as the verified token describes them."""

    id: str
    email: str | None = None
    name: str | None = None


class Users:
    """Decides whether an owner exists, and adds a new one if that is this service's task.

    The database is asked each time, and only after an operation has found nothing.
    """

    def __init__(self, users_table: str, provisioning: Provisioning) -> None:
        users = users_named(users_table)
        is_present = exists().where(equals_owner(users.c.id, bindparam("owner")))
        stand_in = is_stand_in(users_table)
        self.table_name = users_table
        self._provisioning = provisioning
        is_required = provisioning is Provisioning.REQUIRE
        self._may_have_tasks = select(is_present if is_required else or_(is_present, stand_in))
        self._is_stand_in = select(stand_in)
        self._is_present = select(is_present)
        self._add = insert(users).on_conflict_do_nothing()

    def require(self, pool: ConnectionPool, owner: Owner) -> None:
        """Raise OwnerNotFound if the owner is not in the table and could not be added to it."""
        if self._provisioning is Provisioning.CREATE:
            return
        values = {"owner": owner.id}
        ((may_have_tasks,),) = pool.execute(self._may_have_tasks, values, repeatable=True)
        if not may_have_tasks:
            raise OwnerNotFound

    def exists(self, pool: ConnectionPool, owner: Owner) -> bool:
        """Return whether the owner is in the table."""
        ((is_present,),) = pool.execute(self._is_present, {"owner": owner.id}, repeatable=True)
        return bool(is_present)

    def provision(self, pool: ConnectionPool, owner: Owner) -> None:
        """Add the owner's row unless another request has just done so.

        Raises OwnerNotFound if adding owners is not this service's task, or the table does not
        accept the row.
        """
        if not self._may_add(pool):
            raise OwnerNotFound
        row = {"id": owner.id, "email": _storable(owner.email), "name": _storable(owner.name)}
        try:
            pool.execute(self._add, row, repeatable=True)
        except (IntegrityError, UndefinedColumn, GeneratedAlways) as error:
            raise OwnerNotFound from error

    def _may_add(self, pool: ConnectionPool) -> bool:
        if self._provisioning is Provisioning.AUTO:
            ((is_stand_in,),) = pool.execute(self._is_stand_in, {}, repeatable=True)
            return bool(is_stand_in)
        return self._provisioning is Provisioning.CREATE


def is_storable(value: str) -> bool:
    """Return whether PostgreSQL can store the text: it accepts neither NUL nor a lone surrogate."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _storable(value: str | None) -> str | None:
    return value if value is not None and is_storable(value) else None
