"""The table of users: there, of a type that fits, and the one that the tasks belong to."""

from collections.abc import Iterator

from persistence.users import Provisioning
from persistence.users_table import USABLE_ID_TYPES, UsersInspection
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.settings import Settings

ABSENT = Check(
    "users-absent",
    Severity.FATAL,
    why="the tasks belong to users of another table, so every request for tasks fails",
    fix="set USERS_TABLE to the table that they belong to, or restore it",
)
ELSEWHERE = Check(
    "users-elsewhere",
    Severity.FATAL,
    why="the migration refuses to make a table of users beside Better Auth's",
    fix="set USERS_TABLE={table}",
)
TO_COME = Check(
    "users-to-come",
    Severity.WARNING,
    why="the migration would make a stand-in, which is right only where Better Auth has a database "
    "of its own",
    fix="if Better Auth is to use this database, run its migrations before tasks-api migrate",
)
ID_TYPE = Check(
    "users-id-type",
    Severity.FATAL,
    why="the owner of a task refers to it, so both are text, varchar, uuid, integer or bigint",
    fix="set USERS_TABLE to the right table, or change the type of its id",
)
UNRELATED = Check(
    "users-unrelated",
    Severity.FATAL,
    why="the tasks belong to users of another table, so new ones are refused and old ones stay "
    "when their user goes",
    fix="set USERS_TABLE to the table that the foreign key of tasks.user_id names",
)
OVERLOOKED = Check(
    "users-overlooked",
    Severity.WARNING,
    why="tasks that hang on a stand-in stay when Better Auth deletes their user",
    fix="move them as docs/better-auth.md says",
)
CLOSED = Check(
    "users-closed",
    Severity.WARNING,
    why="nobody adds users to a stand-in then, so everybody whom you do not add gets a 401",
    fix="leave USER_PROVISIONING out, or add the users",
)
TYPE_TOO_LATE = Check(
    "users-id-type-late",
    Severity.WARNING,
    why="that setting counts when the stand-in is made, and never again",
    fix="leave USERS_ID_TYPE out, or begin with an empty database",
)


def find(found: UsersInspection, settings: Settings) -> Iterator[Finding]:
    """Find what keeps the tasks and their users apart."""
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
    return TO_COME.found(f'there is no table "{table}" yet')


def _unrelated(found: UsersInspection, table: str) -> Finding:
    if found.owner_type != found.id_type:
        message = f'the owner of a task is {found.owner_type}, the id of "{table}" {found.id_type}'
        return ID_TYPE.found(message)
    return UNRELATED.found(f'no foreign key leads from the tasks to "{table}"')


def _stand_in(found: UsersInspection, settings: Settings) -> Iterator[Finding]:
    table = settings.users_table
    if found.better_auth_table is not None:
        yield OVERLOOKED.found(
            f'the tasks belong to the stand-in "{table}", but "{found.better_auth_table}" is '
            "Better Auth's table of users"
        )
    if Provisioning(settings.user_provisioning) is Provisioning.REQUIRE:
        yield CLOSED.found(f'USER_PROVISIONING=require, and "{table}" is a stand-in')
    wanted = settings.users_id_type
    if "users_id_type" in settings.model_fields_set and found.id_type != wanted:
        yield TYPE_TOO_LATE.found(
            f'USERS_ID_TYPE={wanted}, but the stand-in "{table}" has an id of type {found.id_type}'
        )
