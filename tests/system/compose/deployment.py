"""A project of Compose, as the lines at the head of compose.yaml make it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.api import Api, token_of
from tests.support.paths import ROOT
from tests.support.service import free_port
from tests.system.compose.engine import check_out, docker, lines_of, pasted, run

HEAD = (ROOT / "compose.yaml").read_text(encoding="utf-8")
*SETTINGS, UP = lines_of(HEAD, "on one machine")
ELSEWHERE = lines_of(HEAD, "(with the owner) into .env too")
LASTING = ("service", "pgbouncer", "postgres")


@dataclass(frozen=True)
class Deployment:
    """A project of Compose, in a folder of its own."""

    folder: Path
    port: int

    def compose(self, *arguments: str) -> str:
        """Run a command of Compose."""
        return run(self.folder, "docker", "compose", *arguments)

    def up(self) -> None:
        """Run the line at the head of compose.yaml."""
        pasted(self.folder, UP)

    def container(self, service: str) -> str:
        """Return the id of the container of a service, even if it has ended."""
        return self.compose("ps", "--all", "--quiet", service).strip()

    def in_(self, service: str, *command: str) -> str:
        """Run a command in the container of a service."""
        return docker("exec", self.container(service), *command)

    def setting(self, name: str) -> str:
        """Return a line of `.env`."""
        text = (self.folder / ".env").read_text(encoding="utf-8")
        found = re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)
        value: str = found[-1]
        return value

    def set(self, name: str, value: str) -> None:
        """Add a line to `.env`."""
        with (self.folder / ".env").open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")

    def api(self, user: str) -> Api:
        """Return the service in the hands of a user."""
        token = token_of(user, secret=self.setting("BETTER_AUTH_SECRET"))
        return Api(f"http://127.0.0.1:{self.port}", user, token)


@contextmanager
def project(folder: Path, name: str) -> Iterator[Deployment]:
    """Have a clone as a project of this name; at the end, remove it with its data."""
    with pytest.MonkeyPatch.context() as patch:
        # Nothing of this machine's own project `tasks-api` is touched.
        patch.setenv("COMPOSE_PROJECT_NAME", name)
        deployment = Deployment(check_out(folder), free_port())
        deployment.set("PORT", str(deployment.port))
        try:
            yield deployment
        finally:
            deployment.compose("down", "--volumes", "--remove-orphans", "--timeout", "15")
