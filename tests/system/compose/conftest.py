"""A Docker engine with the images that compose.yaml and README.md name, and a database."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pytest

from tests.support.service import free_port
from tests.system.compose import engine
from tests.system.compose.deployment import SETTINGS, Deployment, project
from tests.system.compose.engine import docker, pasted, wait_until

POSTGRES = "postgres:18-bookworm"
PGBOUNCER = "edoburu/pgbouncer:v1.24.1-p1"
PASSWORD = "of-the-owner-4711"
STAND_INS = Path(__file__).parent / "stand_ins"


@dataclass(frozen=True)
class Elsewhere:
    """A database that is no part of compose.yaml, as containers find it."""

    host: str
    port: int
    container: str
    database: str = "tasks"

    def url(self, role: str = "tasks", password: str = PASSWORD) -> str:
        """Return its URL for a role; without one, for its owner."""
        return f"postgresql://{role}:{password}@{self.host}:{self.port}/{self.database}"

    def ask(self, statement: str) -> str:
        """Run a statement as its owner; return what psql prints."""
        psql = ("psql", "--port", str(self.port), "--username", "tasks", "--tuples-only")
        asked = ("--dbname", self.database, "--no-align", "--command", statement)
        return docker("exec", self.container, *psql, *asked).strip()

    def another(self, name: str) -> Self:
        """Create another database there, and return it."""
        self.ask(f"CREATE DATABASE {name}")
        return replace(self, database=name)


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    """Have an engine, and the images that a registry would give."""
    if not engine.answers():
        pytest.exit("There is no Docker engine with Compose: run `make compose-test`.", 1)
    if engine.needs_stand_ins():
        for name in (POSTGRES, PGBOUNCER):
            target = name.partition(":")[0].rpartition("/")[2]
            docker("build", "--quiet", "--target", target, "--tag", name, str(STAND_INS))


@pytest.fixture(scope="session")
def elsewhere(images: None) -> Iterator[Elsewhere]:  # noqa: ARG001 -- has to be there.
    """Give an empty database on this machine, which containers reach."""
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    host = docker("network", "inspect", "--format", gateway, "bridge").strip()
    port = free_port()
    given = ("--env", "POSTGRES_USER=tasks", "--env", f"POSTGRES_PASSWORD={PASSWORD}")
    options = ("--detach", "--network", "host", "--user", "postgres", *given)
    container = docker("run", *options, POSTGRES, "-c", f"port={port}").strip()
    try:
        database = Elsewhere(host, port, container)
        ready = ("pg_isready", "--quiet", "--host", "127.0.0.1", "--port", str(port))
        wait_until(lambda: engine.succeeds("exec", container, *ready), "PostgreSQL is ready")
        yield database
    finally:
        docker("rm", "--force", "--volumes", container)


@pytest.fixture(scope="session")
def deployment(
    images: None,  # noqa: ARG001 -- have to be there.
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """Give a project that is up, with the settings that the head of compose.yaml makes."""
    with project(tmp_path_factory.mktemp("compose"), "tasks-api-test") as deployment:
        for line in SETTINGS:
            pasted(deployment.folder, line)
        deployment.up()
        yield deployment
