"""A deployment as the README describes it: a role that owns the tables, and one for the service."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from persistence.migrate import migrate
from tests.support.database import query
from tests.support.service import AUDIENCE, SECRET
from tests.system.runbooks.replica import Replica
from tests.system.runbooks.shell import Shell, commands

OWNER, SERVICE = "tasks_owner", "tasks_service"
DATABASE = "runbook"
PASSWORD = "h3rTq8wLz5kNv2"

OUR_ROLES = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'tasks\\_%'"
OUR_DATABASES = f"""
    SELECT datname FROM pg_database JOIN pg_roles ON pg_roles.oid = datdba WHERE rolname = '{OWNER}'
"""

Start = Callable[[Shell], Replica]
(UPGRADE,) = commands("Upgrade")
MIGRATE, GRANT, CHECK = UPGRADE.splitlines()


@pytest.fixture
def shell(postgres: str, tmp_path: Path) -> Iterator[Shell]:
    """Give the shell of an operator whose database is empty, and who is no superuser."""
    query(postgres, f"CREATE ROLE {OWNER} LOGIN PASSWORD '{PASSWORD}' CREATEDB CREATEROLE")
    query(postgres, f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
    server = urlsplit(postgres).netloc.rpartition("@")[2]
    yield Shell(
        tmp_path,
        DATABASE_URL=f"postgresql://{SERVICE}:{PASSWORD}@{server}/{DATABASE}",
        DATABASE_URL_UNPOOLED=f"postgresql://{OWNER}:{PASSWORD}@{server}/{DATABASE}",
        SERVICE_PASSWORD=PASSWORD,
        BETTER_AUTH_SECRET=SECRET,
        JWT_AUDIENCE=AUDIENCE,
    )
    for (name,) in query(postgres, OUR_DATABASES):
        query(postgres, f"DROP DATABASE {name} WITH (FORCE)")
    for (name,) in query(postgres, OUR_ROLES):
        query(postgres, f"DROP ROLE {name}")


@pytest.fixture
def deployed(shell: Shell) -> Shell:
    """Give the same shell when the database has been migrated, and the role has its rights."""
    migrate(shell.variables["DATABASE_URL_UNPOOLED"])
    shell.run(GRANT)
    return shell


@pytest.fixture
def start() -> Iterator[Start]:
    """Give a function that starts the service with the settings of a shell."""
    with ExitStack() as started:

        def start(shell: Shell) -> Replica:
            replica = Replica(shell)
            started.callback(replica.close)
            return replica

        yield start
