"""How long a request may take, whatever becomes of the database."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tests.support.api import Api, error_of, new_user
from tests.support.coverage import OPERATIONS
from tests.support.service import NO_TLS, running_service

SECONDS = 3.0
UNREACHABLE = "The database is unreachable or overloaded. Please try again."
ASKING = [name for name in OPERATIONS if name != "liveness"]


@contextmanager
def frozen(data: Path) -> Iterator[None]:
    """Stop every process of PostgreSQL; the kernel still takes what is sent to them."""
    postmaster = psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))
    processes = [postmaster, *postmaster.children()]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def ask(url: str, operation_id: str) -> tuple[httpx.Response, float]:
    """Call an operation as a new user; give the answer and how long it took."""
    operation = OPERATIONS[operation_id]
    body = {"title": "Buy milk"} if operation.body else None
    with Api(url, new_user()) as api:
        started = time.monotonic()
        response = api.request(operation.method, operation.path.format(id=1), json=body)
        return response, time.monotonic() - started


def test_every_request_is_answered_in_time_while_the_database_is_frozen(tmp_path: Path) -> None:
    folder = tmp_path / "postgres"
    with LocalPostgres(folder, fsync=False) as server:
        migrate(server.url)
        with (
            running_service(tmp_path, server.url, REQUEST_TIMEOUT=str(SECONDS)) as service,
            ThreadPoolExecutor(70) as clients,
        ):
            list(clients.map(lambda name: ask(service.url, name), ASKING * 10))

            with frozen(folder / "data"):
                asked = [clients.submit(ask, service.url, name) for name in ASKING * 10]
                alive = httpx.get(f"{service.url}/livez", timeout=30, verify=NO_TLS)
                assert not all(answer.done() for answer in asked)
                answers = [answer.result() for answer in asked]

            assert alive.status_code == 200
            for response, seconds in answers:
                assert error_of(response) == (503, "SERVICE_UNAVAILABLE", UNREACHABLE)
                assert response.headers["Retry-After"] == "1"
                assert seconds < SECONDS + 10
            assert ask(service.url, "readiness")[0].status_code == 200
            assert ask(service.url, "create_task")[0].status_code == 201
