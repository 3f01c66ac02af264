"""Migrates a database to the schema that this version of the service needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from persistence.errors import sqlstate_of
from persistence.readiness import MIGRATIONS, expected_revision
from persistence.url import connection_parameters
from persistence.users_table import qualified

CONNECT_TIMEOUT = 10
"""Seconds to open the connection, unless the URL says otherwise."""

LOCK_TIMEOUT = 3.0
"""Seconds to wait for a lock on a table; other statements on that table wait behind it."""

REASONS = {
    "42P07": "another program has a table with this name (docs/adoption.md): {0}",
    "42501": "this role may not change the schema: {0}",
    "42830": "the users' id must be a primary key or unique: {0}",
    "55P03": "another session holds a lock that is needed; nothing was changed, try again: {0}",
}

BESIDE_BETTER_AUTH = (
    'the tasks belong to the stand-in "{0}", but "{1}" is Better Auth\'s table of users: '
    "docs/better-auth.md says how to move them there"
)


class MigrationError(Exception):
    """The migration failed; the message says why, in a line without secrets.

    Nothing was changed, unless counting the tasks failed, which comes after the commit; the next
    run counts on.
    """


def migrate(
    url: str,
    *,
    users_table: str = "users",
    users_id_type: str = "text",
    revision: str = "head",
    lock_timeout: float = LOCK_TIMEOUT,
) -> str | None:
    """Apply every migration up to `revision`, in one transaction; none if they are applied already.

    If there is no table of users, a stand-in is created with an id of type `users_id_type`: `text`
    or `uuid`. Returns a warning if the tasks belong to a stand-in beside Better Auth's users.

    Concurrent runs take turns.

    Raises MigrationError, and ValueError for a URL or table name that cannot be used.
    """
    config = alembic_config(url, users_table=users_table, lock_timeout=lock_timeout)
    config.attributes["users_id_type"] = users_id_type
    with _explained():
        command.upgrade(config, revision)
    better_auth_table: str | None = config.attributes["better_auth_table"]
    return better_auth_table and BESIDE_BETTER_AUTH.format(users_table, better_auth_table)


def unmigrate(
    url: str,
    *,
    users_table: str = "users",
    revision: str = "base",
    lock_timeout: float = LOCK_TIMEOUT,
) -> None:
    """Revert every migration after `revision`. Deletes data."""
    with _explained():
        command.downgrade(
            alembic_config(url, users_table=users_table, lock_timeout=lock_timeout), revision
        )


def draft(url: str, message: str, *, users_table: str = "users") -> None:
    """Write the draft of the next migration: the difference between the models and the database."""
    number = f"{int(expected_revision()) + 1:04}"
    with _explained():
        command.revision(
            alembic_config(url, users_table=users_table), message, autogenerate=True, rev_id=number
        )


def alembic_config(
    url: str, *, users_table: str = "users", lock_timeout: float = LOCK_TIMEOUT
) -> Config:
    """Return Alembic's configuration, for its own commands.

    Raises ValueError for a URL or table name that cannot be used.
    """
    qualified(users_table)
    config = Config()
    # The percent sign is special to the parser of Alembic's settings, but not to a path.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        connection_parameters={"connect_timeout": CONNECT_TIMEOUT} | connection_parameters(url),
        users_table=users_table,
        users_id_type="text",
        lock_timeout=lock_timeout,
    )
    return config


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise MigrationError(_first_line(error)) from error
    except DBAPIError as error:
        reason = REASONS.get(sqlstate_of(error) or "", "{0}")
        raise MigrationError(reason.format(_first_line(error.orig))) from error


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]
