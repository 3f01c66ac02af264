"""The type of the users' id, which the foreign key of the tasks has to share."""

from typing import Any

from sqlalchemy import BIGINT, INTEGER, TEXT, UUID, VARCHAR, Connection, inspect
from sqlalchemy.types import TypeEngine

from persistence.migrate import MigrationError
from persistence.users_table import qualified

USABLE = (TEXT, VARCHAR, UUID, INTEGER, BIGINT)


def owner_id_type(connection: Connection, users_table: str) -> TypeEngine[Any] | None:
    """Read the type of `id` from the catalog; None where there is no such table.

    Raises MigrationError for a table without `id`, or with one of a type that is not usable.
    """
    name, schema = qualified(users_table)
    inspector = inspect(connection)
    if not inspector.has_table(name, schema=schema):
        return None
    columns = {
        column["name"]: column["type"] for column in inspector.get_columns(name, schema=schema)
    }
    found = columns.get("id")
    if not isinstance(found, USABLE):
        kind = "missing" if found is None else f"of type {found}"
        message = (
            f'the id of the table "{users_table}" is {kind}; it has to be '
            "text, varchar, uuid, integer or bigint (see USERS_TABLE)"
        )
        raise MigrationError(message)
    return found
