"""A container of the image that serves, on a migrated database."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from tests.support.database import new_database
from tests.support.service import SECRET, free_port, wait_until_alive
from tests.system.image import container


@dataclass(frozen=True)
class Running:
    """A container that serves on `url`."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[str]


@pytest.fixture(scope="session", autouse=True)
def image() -> None:
    """Have an image, and the right to make containers of it."""
    if os.geteuid() != 0:
        pytest.exit("A container takes root: run `make image-test` as root.", returncode=1)
    if not (container.BUILT / "inspect.json").exists():
        pytest.exit("There is no image: run `make image-test`, which builds it.", returncode=1)


@pytest.fixture(scope="session")
def migrated(postgres: str) -> Iterator[str]:
    """Give the URL of a database that the image itself has migrated."""
    with new_database(postgres, template="template0") as url:
        status, printed = container.run(container.tasks_api("migrate"), {"DATABASE_URL": url})
        assert status == 0, printed
        yield url


@pytest.fixture(scope="session")
def running(migrated: str) -> Iterator[Running]:
    """Give a container of the image, as soon as it answers."""
    with _started(migrated) as running:
        yield running


@pytest.fixture
def another(migrated: str) -> Iterator[Running]:
    """Give a container that may be stopped."""
    with _started(migrated) as running:
        yield running


@contextmanager
def _started(database_url: str) -> Iterator[Running]:
    port = free_port()
    given = {"DATABASE_URL": database_url, "BETTER_AUTH_SECRET": SECRET, "PORT": str(port)}
    url = f"http://127.0.0.1:{port}"
    with container.start(container.tasks_api(), given) as process:
        try:
            wait_until_alive(url, process)
            yield Running(url, given, process)
        finally:
            container.kill(process)
