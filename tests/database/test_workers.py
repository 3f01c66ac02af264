"""How long a request may take, whatever becomes of the database."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import httpx
import psutil
import pytest

from persistence.errors import DatabaseUnavailable
from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tasks_api.workers import Workers
from tests.http.contract.test_statuses import OPERATIONS
from tests.support.api import Api, error_of, new_user
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


@contextmanager
def running_workers(*, threads: int, seconds: float, patience: float = 60) -> Iterator[Workers]:
    workers = Workers(threads=threads, seconds=seconds, patience=patience)
    workers.start()
    yield workers
    workers.stop()


def sleep(*, seconds: float) -> str:
    time.sleep(seconds)
    return "done"


async def outcomes(workers: Workers, durations: list[float]) -> list[object]:
    """Call a function for each duration, all at once, and give what comes back or is raised."""
    run = workers.in_thread(sleep)
    calls = [run(seconds=duration) for duration in durations]
    return list(await asyncio.gather(*calls, return_exceptions=True))


def reason_of(outcome: object) -> str:
    assert isinstance(outcome, DatabaseUnavailable)
    return str(outcome)


def test_a_thread_that_does_not_come_back_is_left_to_itself() -> None:
    over = Event()

    async def call(workers: Workers) -> None:
        await workers.in_thread(lambda: over.wait(60))()

    with running_workers(threads=1, seconds=0.1) as workers:
        with pytest.raises(DatabaseUnavailable, match="the time is up"):
            asyncio.run(call(workers))
        assert not over.is_set()
    over.set()


def test_the_wait_for_a_thread_counts() -> None:
    with running_workers(threads=1, seconds=2.5) as workers:
        first, *_, last = asyncio.run(outcomes(workers, [1.0] * 5))

    assert first == "done"
    assert reason_of(last) == "no connection was free in time"


def test_calls_that_wait_are_given_up_where_none_gets_a_thread() -> None:
    over = Event()

    async def call_three(workers: Workers) -> list[object]:
        run = workers.in_thread(lambda: over.wait(30))
        first, *others = [asyncio.ensure_future(run()) for _ in range(3)]
        refusals = await asyncio.gather(*others, return_exceptions=True)
        assert not first.done()
        over.set()
        return [await first, *refusals]

    with running_workers(threads=1, seconds=60, patience=0.2) as workers:
        first, *others = asyncio.run(call_three(workers))

    assert first is True
    assert {reason_of(other) for other in others} == {"no connection was free in time"}


def test_calls_that_wait_longer_are_kept_while_others_get_threads() -> None:
    with running_workers(threads=1, seconds=60, patience=1.5) as workers:
        assert asyncio.run(outcomes(workers, [0.5] * 6)) == ["done"] * 6


def test_calls_are_carried_out_in_their_order() -> None:
    order: list[int] = []

    async def call_all(workers: Workers) -> None:
        run = workers.in_thread(lambda *, number: order.append(number))
        await asyncio.gather(*(run(number=number) for number in range(100)))

    with running_workers(threads=1, seconds=5) as workers:
        asyncio.run(call_all(workers))

    assert order == list(range(100))


def test_what_is_raised_in_a_thread_is_raised_to_the_caller() -> None:
    def refuse() -> None:
        message = "no"
        raise LookupError(message)

    async def call(workers: Workers) -> None:
        await workers.in_thread(refuse)()

    with running_workers(threads=1, seconds=5) as workers, pytest.raises(LookupError, match="no"):
        asyncio.run(call(workers))
