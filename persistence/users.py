"""Whether an owner exists, and who adds the ones that do not."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg2 import IntegrityError
from psycopg2.errors import GeneratedAlways
from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from persistence.errors import OwnerNotFound, SchemaNotReady
from persistence.pool import Execute
from persistence.users_table import equals_owner, is_stand_in, users_named

UNDEFINED_COLUMN = "42703"

_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


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

    @property
    def values(self) -> dict[str, Any]:
        """The values of the parameters by which `users_table.equals_owner` compares."""
        return {"owner": self.id, "owner_as_text": self.id}


class Users:
    """Decides whether an owner exists, and adds a new one if that is this service's task.

    The database is asked each time, and only after an operation has found nothing.
    """

    def __init__(self, users_table: str, provisioning: Provisioning) -> None:
        users = users_named(users_table)
        is_present = exists().where(equals_owner(users.c.id))
        stand_in = is_stand_in(users_table)
        self.table_name = users_table
        self._provisioning = provisioning
        is_required = provisioning is Provisioning.REQUIRE
        self._may_have_tasks = select(is_present if is_required else or_(is_present, stand_in))
        self._is_stand_in = select(stand_in)
        self._is_present = select(is_present)
        self._add = insert(users).on_conflict_do_nothing()

    async def require(self, execute: Execute, owner: Owner) -> None:
        """Raise OwnerNotFound if the owner is not in the table and could not be added to it."""
        if self._provisioning is Provisioning.CREATE:
            return
        rows = await execute(self._may_have_tasks, owner.values, repeatable=True)
        ((may_have_tasks,),) = rows
        if not may_have_tasks:
            raise OwnerNotFound

    async def exists(self, execute: Execute, owner: Owner) -> bool:
        """Return whether the owner is in the table."""
        ((is_present,),) = await execute(self._is_present, owner.values, repeatable=True)
        return bool(is_present)

    async def provision(self, execute: Execute, owner: Owner) -> None:
        """Add the owner's row unless another request has just done so.

        Raises OwnerNotFound if adding owners is not this service's task, or the table does not
        accept the row.
        """
        if not await self._may_add(execute):
            raise OwnerNotFound
        row = {"id": owner.id, "email": _storable(owner.email), "name": _storable(owner.name)}
        try:
            await execute(self._add, row, repeatable=True)
        except (IntegrityError, GeneratedAlways) as error:
            raise OwnerNotFound from error
        except SchemaNotReady as error:
            if error.sqlstate == UNDEFINED_COLUMN:
                raise OwnerNotFound from error
            raise

    async def _may_add(self, execute: Execute) -> bool:
        if self._provisioning is Provisioning.AUTO:
            ((is_stand_in,),) = await execute(self._is_stand_in, {}, repeatable=True)
            return bool(is_stand_in)
        return self._provisioning is Provisioning.CREATE


def is_storable(value: str) -> bool:
    """Return whether PostgreSQL can store the text: it accepts neither NUL nor a lone surrogate."""
    return _NOT_STORABLE.search(value) is None


def _storable(value: str | None) -> str | None:
    return value if value is not None and is_storable(value) else None
