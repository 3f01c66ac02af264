"""What is refused is refused at once: without the database."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from tests.support.api import new_user, token_of
from tests.support.jws import DAY, in_
from tests.support.raw import request, send
from tests.support.service import Service, free_port, running_service

JSON = "Content-Type: application/json"
USER = token_of(new_user(), exp=in_(DAY))
TOO_LARGE = "Content-Length: 99999999"
POOL = 4
WAITING = 100

REFUSED: dict[str, tuple[bytes, int]] = {
    "no token": (request("GET /api/tasks"), 401),
    "a forged token": (request("GET /api/tasks", token=USER[:-2] + "AA"), 401),
    "no route": (request("GET /nothing", token=USER), 404),
    "another method": (request("DELETE /api/tasks", token=USER), 405),
    "a large body": (request("POST /api/tasks", JSON, TOO_LARGE, token=USER), 413),
    "another type": (request("POST /api/tasks", token=USER, body=b"title=x"), 415),
    "no task": (request("POST /api/tasks", JSON, token=USER, body=b"{}"), 422),
    "no JSON": (request("PUT /api/tasks/1", JSON, token=USER, body=b"{"), 422),
    "no id": (request("GET /api/tasks/abc", token=USER), 422),
    "a query": (request("GET /api/tasks?all", token=USER), 422),
    "large headers": (request("GET /api/tasks", "X: " + "x" * 17_000, token=USER), 431),
    "no HTTP": (b"hello\r\n\r\n", 400),
    "not refused: alive": (request("GET /livez"), 200),
    "not refused: the contract": (request("GET /openapi.json"), 200),
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a service whose PostgreSQL is stopped."""
    url = f"postgresql://postgres@127.0.0.1:{free_port()}/tasks"
    with running_service(tmp_path_factory.mktemp("stopped"), url) as service:
        yield service


@pytest.fixture
def busy(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """Give a service whose every connection waits for a lock."""
    limits = {"DATABASE_POOL_SIZE": str(POOL), "DATABASE_LOCK_TIMEOUT": "60"}
    limits |= {"DATABASE_STATEMENT_TIMEOUT": "60", "REQUEST_TIMEOUT": "60"}
    with (
        running_service(tmp_path, database_url, **limits) as service,
        ThreadPoolExecutor(WAITING) as threads,
    ):
        connection = psycopg2.connect(database_url)
        connection.cursor().execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        waiting = [threads.submit(send, service.url, LISTS[n % 2]) for n in range(WAITING)]
        _wait_for_locks(connection)
        yield service
        assert not all(answer.done() for answer in waiting)
        connection.close()
        assert {answer.result().status for answer in waiting} <= {200, 503}


LIST = request("GET /api/tasks", token=USER)
# One user has half of the connections at most.
LISTS = [LIST, request("GET /api/tasks", token=token_of(new_user(), exp=in_(DAY)))]


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
def test_it_answers_with_postgresql_stopped(stopped: Service, sent: bytes, status: int) -> None:
    assert send(stopped.url, sent).status == status


def test_it_answers_while_every_connection_waits_for_a_lock(busy: Service) -> None:
    for name, (sent, status) in REFUSED.items():
        assert send(busy.url, sent).status == status, name


def test_what_waits_for_a_lock_is_unavailable_in_time(database_url: str, tmp_path: Path) -> None:
    connection = psycopg2.connect(database_url)
    connection.cursor().execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
    with running_service(tmp_path, database_url, DATABASE_POOL_SIZE="2") as service:
        started = time.monotonic()
        with ThreadPoolExecutor(12) as threads:
            answers = list(threads.map(lambda _: send(service.url, LIST), range(12)))
    connection.close()

    assert {(answer.status, answer.code) for answer in answers} == {(503, "SERVICE_UNAVAILABLE")}
    assert time.monotonic() - started < 30


def test_what_needs_the_database_is_unavailable_without_it(stopped: Service) -> None:
    answer = send(stopped.url, LIST)

    assert (answer.status, answer.code) == (503, "SERVICE_UNAVAILABLE")
    assert int(answer.headers["retry-after"]) >= 1


def _wait_for_locks(connection: psycopg2.extensions.connection) -> None:
    statement = (
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND database ="
        " (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with connection.cursor() as cursor:
        for _ in range(600):
            cursor.execute(statement)
            if cursor.fetchone() == (POOL,):
                return
            time.sleep(0.05)
    raise AssertionError("the requests did not come to wait")
