"""Brings a database to the schema that this version of the program needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from persistence.errors import sqlstate_of
from persistence.schema import MIGRATIONS, expected_revision
from persistence.url import connection_parameters
from persistence.users_table import qualified

REASONS = {
    "42501": "this role may not change the schema: {0}",
    "42830": "the users' id must be a primary key or unique: {0}",
    "55P03": "another session holds a lock that is needed; nothing was changed, try again: {0}",
}

OVERLOOKED = (
    'the tasks belong to the stand-in "{0}", but "{1}" is Better Auth\'s table of users: '
    "docs/better-auth.md says how to move them there"
)


class MigrationError(Exception):
    """A migration that did not happen; the message says why, in one line, and holds no secret."""


def migrate(
    url: str,
    *,
    users_table: str = "users",
    users_id_type: str = "text",
    revision: str = "head",
    lock_timeout: float = 3.0,
) -> str | None:
    """Apply every migration up to `revision`, in one transaction; none where it is there already.

    Where there is no table of users a stand-in is made, with an id of this type: `text` or `uuid`.
    Returns a warning where the tasks belong to a stand-in beside the users of Better Auth.

    Any number may run at once: they take turns. `lock_timeout` is in seconds, and bounds how long
    a migration waits for a table while it holds up those who want the same table.

    Raises MigrationError, and ValueError for a URL or table name that cannot be used.
    """
    config = alembic_config(url, users_table=users_table, lock_timeout=lock_timeout)
    config.attributes["users_id_type"] = users_id_type
    with _explained():
        command.upgrade(config, revision)
    better_auths: str | None = config.attributes["better_auths"]
    return better_auths and OVERLOOKED.format(users_table, better_auths)


def unmigrate(
    url: str, *, users_table: str = "users", revision: str = "base", lock_timeout: float = 3.0
) -> None:
    """Take back every migration after `revision`, as `migrate` applies them. Deletes data."""
    with _explained():
        command.downgrade(
            alembic_config(url, users_table=users_table, lock_timeout=lock_timeout), revision
        )


def draft(url: str, message: str, *, users_table: str = "users") -> None:
    """Write the next migration's file, from what the models have and the database has not."""
    number = f"{int(expected_revision()) + 1:04}"
    with _explained():
        command.revision(
            alembic_config(url, users_table=users_table), message, autogenerate=True, rev_id=number
        )


def alembic_config(url: str, *, users_table: str = "users", lock_timeout: float = 3.0) -> Config:
    """Give Alembic's configuration, for its own commands.

    Raises ValueError for a URL or table name that cannot be used.
    """
    qualified(users_table)
    config = Config()
    # The percent sign is special to the parser of Alembic's settings, but not to a path.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        connection_parameters=connection_parameters(url),
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
