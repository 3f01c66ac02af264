"""What the database can refuse, as exceptions, and the one table that maps SQLSTATEs to them."""

import psycopg2
from sqlalchemy.exc import DBAPIError

_UNAVAILABLE = (psycopg2.OperationalError, psycopg2.InterfaceError)


class PersistenceError(Exception):
    """The base of everything that this package raises on purpose. Its text has no SQL and no value.

    `sqlstate` is None if the refusal did not come from PostgreSQL; then `reason` is what an
    operator can be told.
    """

    def __init__(self, sqlstate: str | None = None, *, reason: str = "no SQLSTATE") -> None:
        self.sqlstate = sqlstate
        super().__init__(f"SQLSTATE {sqlstate}" if sqlstate else reason)


class TaskNotFound(PersistenceError):
    """The owner has no such task."""


class OwnerNotFound(PersistenceError):
    """The owner is not, or is no longer, in the table of users."""


class TaskChanged(PersistenceError):
    """The owner has this task, but not in one of the requested versions."""


class TaskUnchanged(PersistenceError):
    """The owner has this task in one of the excluded versions."""


class ListChanged(PersistenceError):
    """The owner's tasks are not the list of one of the requested versions."""


class IdempotencyKeyReused(PersistenceError):
    """The owner has used this idempotency key for another task."""


class TooManyTasks(PersistenceError):
    """The owner has as many tasks as one user may keep."""


class TooMuchText(PersistenceError):
    """The owner's tasks have as much text as one user may keep."""


class TooManyWaiting(PersistenceError):
    """The user, or all users, have so many requests that this one would not get its turn."""


class Abandoned(PersistenceError):
    """The client of a read has gone, so it was dropped before it began. No one gets this answer."""


class DatabaseUnavailable(PersistenceError):
    """The database cannot be reached or cannot do this now; a later attempt may succeed."""


class SchemaNotReady(DatabaseUnavailable):
    """The database lacks a table or a column: its migrations have not been applied."""


# By SQLSTATE, or by its class (the first two characters). Source: "PostgreSQL Error Codes",
# https://www.postgresql.org/docs/current/errcodes-appendix.html
REFUSALS: dict[str, type[PersistenceError]] = {
    "08": DatabaseUnavailable,  # connection exception
    "22001": OwnerNotFound,  # too long for the type of the users' id
    "22003": OwnerNotFound,  # out of range for the type of the users' id
    "22P02": OwnerNotFound,  # not a value of the type of the users' id
    "22P05": DatabaseUnavailable,  # the encoding of the database, not UTF8, lacks a character
    "23503": OwnerNotFound,  # the foreign key: the owner was deleted a moment ago
    "25006": DatabaseUnavailable,  # read-only transaction, as after a fail-over
    "25P03": DatabaseUnavailable,  # idle in transaction for too long
    "25P04": DatabaseUnavailable,  # transaction took too long
    "3F000": SchemaNotReady,  # no such schema
    "40": DatabaseUnavailable,  # rolled back: serialization failure, deadlock
    "42501": DatabaseUnavailable,  # the role lacks a right, or row-level security refuses a row
    "42703": SchemaNotReady,  # no such column
    "42P01": SchemaNotReady,  # no such table
    "53": DatabaseUnavailable,  # disk full, out of memory, too many connections
    "54": DatabaseUnavailable,  # program limit exceeded, such as a text of more than a gigabyte
    "55P03": DatabaseUnavailable,  # lock not available in time
    "57": DatabaseUnavailable,  # statement time-out, shutting down, starting up
    "TL001": TooManyTasks,  # raised by our trigger: migration 0004
    "TL002": TooMuchText,  # likewise
    "58": DatabaseUnavailable,  # system error beneath PostgreSQL
}

# The database has answered, and only this statement could not be carried out, or not now.
_OF_ONE_STATEMENT = ("22P05", "25P03", "25P04", "40", "54", "55P03", "57014")


def is_unusable(error: BaseException | None) -> bool:
    """Return whether an error means that the database cannot be used, and not one statement."""
    return isinstance(error, DatabaseUnavailable) and not (error.sqlstate or "").startswith(
        _OF_ONE_STATEMENT
    )


def translated(error: psycopg2.Error, *, is_lost: bool) -> Exception:
    """Return the `PersistenceError` for a driver's error, or the error itself if it is a bug.

    `is_lost` says that the connection broke, which the driver does not always report. The text of
    neither holds a value of a row, so that both can be logged.
    """
    # Below its first line, PostgreSQL quotes the row and the statement with all their values.
    error.args = tuple(str(part).partition("\n")[0] for part in error.args)
    sqlstate = error.pgcode or ""
    kind = REFUSALS.get(sqlstate) or REFUSALS.get(sqlstate[:2])
    if kind is not None:
        refusal = kind(sqlstate)
    elif is_lost or (not sqlstate and isinstance(error, _UNAVAILABLE)):
        # There is no SQLSTATE if the server cannot be reached or the connection breaks. The text is
        # libpq's: it names the server and the role, and never the password or a value.
        refusal = DatabaseUnavailable(reason=str(error) or type(error).__name__)
    else:
        return error
    refusal.__cause__ = error
    return refusal


def sqlstate_of(error: BaseException) -> str | None:
    """Return the SQLSTATE that PostgreSQL sent, None if it sent no answer."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return cause.pgcode if isinstance(cause, psycopg2.Error) else None
