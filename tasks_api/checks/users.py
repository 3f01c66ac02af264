"""Checks of the users' table: whether it exists, fits, and is the one that tasks refer to."""

from collections.abc import Iterator

from persistence.users import Provisioning
from persistence.users_table import USABLE_ID_TYPES, UsersInspection
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.settings import PartialSettings

ABSENT = Check(
    "users-absent",
    Severity.FATAL,
    why="the tasks belong to users of another table, so every request for tasks fails",
    fix="set USERS_TABLE to the table that they belong to, or restore it",
)
ELSEWHERE = Check(
    "users-elsewhere",
    Severity.FATAL,
    why="the migration refuses to create a table of users beside Better Auth's",
    fix="set USERS_TABLE={table}",
)
NOT_YET_CREATED = Check(
    "users-not-yet-created",
    Severity.WARNING,
    why="the migration would create a stand-in, which is right only if Better Auth has a database "
    "of its own",
    fix="if Better Auth uses this database, run its migrations before tasks-api migrate",
)
ID_TYPE = Check(
    "users-id-type",
    Severity.FATAL,
    why="the owner of a task refers to it, so it must be text, varchar, uuid, integer or bigint",
    fix="set USERS_TABLE to the right table, or change the type of its id",
)
UNRELATED = Check(
    "users-unrelated",
    Severity.FATAL,
    why="the tasks belong to users of another table, so new tasks are refused, and old ones remain "
    "when their user is deleted",
    fix="set USERS_TABLE to the table that the foreign key of tasks.user_id references",
)
BESIDE_BETTER_AUTH = Check(
    "users-beside-better-auth",
    Severity.WARNING,
    why="tasks that belong to a stand-in remain when Better Auth deletes their user",
    fix="move them as docs/better-auth.md describes",
)
CLOSED = Check(
    "users-closed",
    Severity.WARNING,
    why="with this setting, no user is added to a stand-in, so every user whom you do not add gets "
    "a 401",
    fix="remove USER_PROVISIONING, or add the users",
)
TYPE_IGNORED = Check(
    "users-id-type-ignored",
    Severity.WARNING,
    why="the setting has an effect only when the stand-in is created",
    fix="remove USERS_ID_TYPE, or begin with an empty database",
)


def find(found: UsersInspection, settings: PartialSettings) -> Iterator[Finding]:
    """Find what separates the tasks from their users."""
    table = settings.users_table
    if not found.exists:
        yield _absent(found, table)
    elif found.id_type not in USABLE_ID_TYPES:
        kind = f"of type {found.id_type}" if found.id_type else "missing"
        yield ID_TYPE.found(f'the id of the table "{table}" is {kind}')
    elif found.owner_type is not None and not found.is_referenced:
        yield _unrelated(found, table)
    elif found.is_stand_in:
        yield from _stand_in(found, settings)


def _absent(found: UsersInspection, table: str) -> Finding:
    if found.better_auth_table is not None:
        message = f'there is no table "{table}", but "{found.better_auth_table}" is Better Auth\'s'
        return ELSEWHERE.found(message, table=found.better_auth_table)
    if found.owner_type is not None:
        return ABSENT.found(f'there is no table "{table}"')
    return NOT_YET_CREATED.found(f'there is no table "{table}" yet')


def _unrelated(found: UsersInspection, table: str) -> Finding:
    if found.owner_type != found.id_type:
        message = (
            f'the owner of a task is of type {found.owner_type}, the id of "{table}" of type '
            f"{found.id_type}"
        )
        return ID_TYPE.found(message)
    return UNRELATED.found(f'the tasks have no foreign key to "{table}"')


def _stand_in(found: UsersInspection, settings: PartialSettings) -> Iterator[Finding]:
    table = settings.users_table
    if found.better_auth_table is not None:
        yield BESIDE_BETTER_AUTH.found(
            f'the tasks belong to the stand-in "{table}", but "{found.better_auth_table}" is '
            "Better Auth's table of users"
        )
    if Provisioning(settings.user_provisioning) is Provisioning.REQUIRE:
        yield CLOSED.found(f'USER_PROVISIONING=require, and "{table}" is a stand-in')
    wanted = settings.users_id_type
    if "users_id_type" in settings.model_fields_set and found.id_type != wanted:
        yield TYPE_IGNORED.found(
            f'USERS_ID_TYPE={wanted}, but the stand-in "{table}" has an id of type {found.id_type}'
        )
