"""Whether an owner exists, and what becomes of one who does not."""

from dataclasses import dataclass
from enum import StrEnum

from psycopg2 import IntegrityError
from psycopg2.errors import GeneratedAlways, UndefinedColumn
from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from persistence.errors import OwnerNotFound
from persistence.pool import ConnectionPool
from persistence.users_table import is_owner, stands_in, users_named


class Provisioning(StrEnum):
    """What becomes of an owner who is not in the table of users."""

    AUTO = "auto"
    """Added on a stand-in, refused on Better Auth's own table."""
    CREATE = "create"
    """Added with the first task."""
    REQUIRE = "require"
    """Refused."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom the tasks belong to, as the verified token describes them."""

    id: str
    email: str | None = None
    name: str | None = None


class Users:
    """Decides whether an owner exists, and admits new ones where that is ours to do.

    The database is asked each time, and only where an operation has found nothing.
    """

    def __init__(self, users_table: str, provisioning: Provisioning) -> None:
        users = users_named(users_table)
        known = exists().where(is_owner(users.c.id, bindparam("owner")))
        stand_in = stands_in(users_table)
        self.table_name = users_table
        self._provisioning = provisioning
        is_required = provisioning is Provisioning.REQUIRE
        self._is_known = select(known if is_required else or_(known, stand_in))
        self._is_stand_in = select(stand_in)
        self._known = select(users.c.id).where(is_owner(users.c.id, bindparam("owner")))
        self._add = insert(users).on_conflict_do_nothing()

    def confirm(self, pool: ConnectionPool, owner: Owner) -> None:
        """Raise OwnerNotFound where the owner is not in the table and could not be added to it."""
        if self._provisioning is Provisioning.CREATE:
            return
        ((is_known,),) = pool.execute(self._is_known, {"owner": owner.id}, repeatable=True)
        if not is_known:
            raise OwnerNotFound

    def know(self, pool: ConnectionPool, owner: Owner) -> bool:
        """Tell whether the owner is in the table."""
        return bool(pool.execute(self._known, {"owner": owner.id}, repeatable=True))

    def admit(self, pool: ConnectionPool, owner: Owner) -> None:
        """Add the owner's row unless another request has just done so.

        Raises OwnerNotFound where owners are not ours to add, or the table does not take the row.
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
    """Tell whether PostgreSQL can hold the text: it takes neither NUL nor a lone surrogate."""
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _storable(value: str | None) -> str | None:
    return value if value is not None and is_storable(value) else None
