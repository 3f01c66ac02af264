"""How long a request may take, whatever becomes of the database."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from persistence.errors import DatabaseUnavailable
from persistence.migrate import migrate
from tasks_api.local_postgres import LocalPostgres
from tasks_api.workers import Workers
from tests.api import Api, error_of, new_user
from tests.contract.test_statuses import OPERATIONS
from tests.service import NO_TLS, running_service

SECONDS = 1.0
UNREACHABLE = "The database is unreachable or overloaded, please try again"
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
    method, path, options = OPERATIONS[operation_id]
    with Api(url, new_user()) as api:
        started = time.monotonic()
        response = api.request(method, path.format(id=1), **options)
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
                time.sleep(SECONDS / 2)
                alive = httpx.get(f"{service.url}/livez", timeout=0.3, verify=NO_TLS)
                answers = [answer.result() for answer in asked]

            assert alive.status_code == 200
            for response, seconds in answers:
                assert error_of(response) == (503, "SERVICE_UNAVAILABLE", UNREACHABLE)
                assert response.headers["Retry-After"] == "1"
                assert seconds < SECONDS + 1
            assert ask(service.url, "readiness")[0].status_code == 200
            assert ask(service.url, "create_task")[0].status_code == 201


def test_a_thread_that_does_not_come_back_is_left_to_itself() -> None:
    def look_up(*, seconds: float) -> None:
        time.sleep(seconds)

    async def call() -> float:
        started = time.monotonic()
        with pytest.raises(DatabaseUnavailable):
            await Workers(threads=1, seconds=0.1).run_in_time(look_up)(seconds=1.0)
        return time.monotonic() - started

    assert asyncio.run(call()) < 0.8


def test_the_wait_for_a_thread_counts() -> None:
    def work(*, seconds: float) -> str:
        time.sleep(seconds)
        return "done"

    async def call() -> list[object]:
        run = Workers(threads=1, seconds=0.3).run_in_time(work)
        calls = [run(seconds=0.2) for _ in range(5)]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    first, *_, last = asyncio.run(call())

    assert first == "done"
    assert isinstance(last, DatabaseUnavailable)
