"""A platform, imitated: its environment, a folder that cannot be written to, SIGTERM, SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.database import query
from tests.support.grants import grant_as_documented, of_the_service
from tests.support.raw import Answer
from tests.support.service import NO_TLS, SECRET, Service, environment, free_port, wait_until_alive
from tests.support.stopping import POST, answers, connected_to, stop
from tests.system.platforms.pages import Page, environment_of_the_image, grace_of

# Without its capabilities, root is bound by the permissions of a folder, as everyone else is.
AS_AN_ORDINARY_USER = ("setpriv", "--bounding-set=-all") if os.geteuid() == 0 else ()

# The PostgreSQL of the tests has no TLS; tests/database/checks/test_tls.py has one with it.
OF_THIS_MACHINE = {"PGSSLMODE": "disable"}


@dataclass(frozen=True)
class Deployment:
    """What came of a deployment by a page, and of the stop with a request in flight."""

    page: Page
    released: subprocess.CompletedProcess[str]
    health: dict[str, int]
    """The status of the health check, by the address of this machine."""
    in_flight: list[Answer]
    """The answers to the request of which a part was sent before the signal, the rest after it."""
    stored: list[str]
    """The titles of the tasks in the database after the end."""
    code: int
    """The exit code of the process; that of SIGKILL is negative."""


def run_in(
    folder: Path, command: Sequence[str], settings: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command of the image to its end, where it cannot write."""
    return subprocess.run(
        _argv(command),
        cwd=folder,
        env=_environment(folder, settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def deploy(page: Page, database_url: str, folder: Path, log: Path) -> Deployment:
    """Migrate, start, check and stop the service as the platform does by this page."""
    port = free_port()
    settings = _settings(page, database_url, port)
    released = run_in(folder, page.release, _of_the_release(page, settings))
    if released.returncode != 0:  # The platform does not deploy.
        return Deployment(page, released, {}, [], [], released.returncode)
    with _role_of_the_service(page, database_url) as role:
        settings |= role
        with _started(page, database_url, folder, log, settings) as service:
            health = _health(page, settings["HOST"], port)
            in_flight, code = _stop(service, grace_of(page))
    stored = [title for (title,) in query(database_url, "SELECT title FROM tasks")]
    return Deployment(page, released, health, in_flight, stored, code)


@contextmanager
def _role_of_the_service(page: Page, database_url: str) -> Iterator[dict[str, str]]:
    """Run the line of the page for the rights; give the setting that has another role then."""
    if page.grants is None:
        yield {}
        return
    grant_as_documented(page.grants, database_url)
    try:
        yield {"DATABASE_URL": of_the_service(database_url)}
    finally:
        query(database_url, "DROP OWNED BY tasks_service; DROP ROLE tasks_service")


@contextmanager
def _started(
    page: Page, database_url: str, folder: Path, log: Path, settings: Mapping[str, str]
) -> Iterator[Service]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            _argv(page.start),
            cwd=folder,
            env=_environment(folder, settings),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        service = Service(f"http://127.0.0.1:{settings['PORT']}", database_url, process, log)
        wait_until_alive(service.url, process, log)
        yield service
    finally:
        process.kill()
        process.wait()


def _settings(page: Page, database_url: str, port: int) -> dict[str, str]:
    """Return the environment of the image, with what the page sets, and what the platform sets."""
    secrets = {
        "DATABASE_URL": database_url.replace("postgresql://", "postgres://", 1),
        "DATABASE_URL_UNPOOLED": database_url,
        "BETTER_AUTH_SECRET": SECRET,
    }
    settings = {name: value or secrets[name] for name, value in page.settings.items()}
    here = {name: value for name, value in OF_THIS_MACHINE.items() if name in settings}
    return {**environment_of_the_image(), **settings, **here, "PORT": str(port)}


def _of_the_release(page: Page, settings: Mapping[str, str]) -> dict[str, str]:
    names = page.release_settings
    withheld = set() if names is None else set(page.settings) - names
    return {name: value for name, value in settings.items() if name not in withheld}


def _environment(folder: Path, settings: Mapping[str, str]) -> dict[str, str]:
    return environment(**{**settings, "HOME": str(folder), "TMPDIR": str(folder)})


def _argv(command: Sequence[str]) -> list[str]:
    program, *arguments = command
    installed = [sys.executable, "-m", "tasks_api"] if program == "tasks-api" else [program]
    return [*AS_AN_ORDINARY_USER, *installed, *arguments]


def _health(page: Page, host: str, port: int) -> dict[str, int]:
    """Ask as the platform does; on all addresses of both families if the service listens there."""
    addresses = ["127.0.0.1", "[::1]"] if host == "::" else ["127.0.0.1"]
    path = page.health or "/livez"
    return {
        address: httpx.get(f"http://{address}:{port}{path}", timeout=60, verify=NO_TLS).status_code
        for address in addresses
    }


def _stop(service: Service, grace: int) -> tuple[list[Answer], int]:
    """Send SIGTERM in the middle of a request, twice as Heroku may, and SIGKILL after the grace."""
    with connected_to(service) as connection:
        connection.sendall(POST[:-5])
        stop(service)
        service.process.send_signal(signal.SIGTERM)
        connection.sendall(POST[-5:])
        found = answers(connection)
    try:
        return found, service.process.wait(timeout=grace)
    except subprocess.TimeoutExpired:
        service.process.kill()
        return found, service.process.wait()
