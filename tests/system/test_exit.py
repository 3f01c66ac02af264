"""How the process ends: with status 0, soon, and within ten seconds whatever holds it."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest

from tasks_api.observability.events import Event
from tasks_api.server.shutdown import STOP_READING
from tests.support.api import Api
from tests.support.command import started
from tests.support.log import logged
from tests.support.service import SECRET, Service, free_port, running_service
from tests.support.stopping import (
    LIST,
    LIVEZ,
    POST,
    connected_to,
    ended,
    handles_sigterm,
    is_refused,
    stop,
)


def seconds_of_the_stop(service: Service) -> float:
    """Return how long it says that it took: its own clock leaves out what the tests do."""
    (told,) = logged(service.log, Event.STOPPED)
    seconds: float = told["seconds"]
    return seconds


def test_it_ends_within_ten_seconds_whatever_holds_it(tmp_path: Path, database_url: str) -> None:
    patient = {"DATABASE_LOCK_TIMEOUT": "60", "DATABASE_STATEMENT_TIMEOUT": "60"}
    with running_service(tmp_path, database_url, **patient) as service, ExitStack() as stack:
        with Api(service.url, "alice") as api:
            for _ in range(100):
                api.created(description="x" * 10_000)
        locked, silent = (stack.enter_context(connected_to(service)) for _ in range(2))
        silent.sendall(LIST * 8)
        time.sleep(0.5)
        blocker = psycopg2.connect(database_url)
        stack.callback(blocker.close)
        blocker.cursor().execute("LOCK TABLE tasks")
        locked.sendall(POST)
        time.sleep(0.2)
        begun = time.monotonic()
        stop(service)

        assert is_refused(locked)
        code, seconds = ended(service, begun)

    assert code == 0
    assert seconds < 30
    assert "Internal Server Error" not in service.log.read_text()


def test_with_nothing_to_do_it_ends_at_once(stopped: Service) -> None:
    stop(stopped)

    code, _ = ended(stopped, time.monotonic())

    assert (code, seconds_of_the_stop(stopped) < STOP_READING) == (0, True)


def test_idle_connections_hold_it_for_a_second_only(stopped: Service) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            connection = stack.enter_context(connected_to(stopped))
            connection.sendall(LIVEZ)
            connection.recv(65536)
        stop(stopped)
        code, _ = ended(stopped, time.monotonic())

    assert code == 0
    assert 1 <= seconds_of_the_stop(stopped) < STOP_READING


def test_another_ctrl_c_waits_for_nobody(stopped: Service) -> None:
    with connected_to(stopped) as connection:
        connection.sendall(POST[:-5])
        time.sleep(0.1)
        stop(stopped, signal.SIGINT)
        stopped.process.send_signal(signal.SIGINT)

        assert is_refused(connection)
        code, _ = ended(stopped, time.monotonic())

    assert (code, seconds_of_the_stop(stopped) < STOP_READING) == (0, True)


@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_while_it_starts_it_ends_as_well(tmp_path: Path, database_url: str, seconds: float) -> None:
    settings = {"DATABASE_URL": database_url, "BETTER_AUTH_SECRET": SECRET}
    process = started("serve", folder=tmp_path, PORT=str(free_port()), **settings)
    while not handles_sigterm(process.pid):
        time.sleep(0.005)
    time.sleep(seconds)

    process.terminate()
    _, errors = process.communicate(timeout=30)

    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "Aborted" not in errors
