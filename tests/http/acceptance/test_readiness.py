"""Readiness: the database is asked where that tells something new, and else left to sleep."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import Api, SignIn, error_of, violations_of
from tests.support.database import name_of, query
from tests.support.service import running_service

UNREACHABLE = "The database is unreachable or overloaded. Please try again."


@pytest.fixture
def unused(tmp_path: Path, database_url: str, sign_in: SignIn) -> Iterator[Api]:
    """Give a service that nobody has used yet, on a database of its own, with no token."""
    with running_service(tmp_path, database_url) as service:
        yield sign_in(token="", url=service.url)


def test_the_first_answer_comes_from_the_database(unused: Api, database_url: str) -> None:
    assert readiness(unused) == {"status": "ready", "age_seconds": 0}
    assert sessions(database_url) == 1


def test_without_traffic_the_database_is_left_alone(
    unused: Api, postgres: str, database_url: str
) -> None:
    readiness(unused)
    disconnect(postgres, database_url)
    time.sleep(1)

    answers = [readiness(unused) for _ in range(20)]

    assert sessions(database_url) == 0
    assert all(a["status"] == "ready" and a["age_seconds"] >= 1 for a in answers)


def test_deep_asks_the_database_though_there_is_no_traffic(
    unused: Api, postgres: str, database_url: str
) -> None:
    readiness(unused)
    disconnect(postgres, database_url)
    time.sleep(1)

    assert readiness(unused, deep="1") == {"status": "ready", "age_seconds": 0}
    assert sessions(database_url) == 1


def test_with_traffic_the_database_is_asked(
    unused: Api, postgres: str, database_url: str, sign_in: SignIn
) -> None:
    readiness(unused)
    sign_in(url=unused.url).list()
    disconnect(postgres, database_url)
    time.sleep(1)

    assert readiness(unused) == {"status": "ready", "age_seconds": 0}
    assert sessions(database_url) == 1


def test_a_request_that_fails_is_traffic_as_well(
    unused: Api, postgres: str, database_url: str, sign_in: SignIn
) -> None:
    readiness(unused)

    with away(postgres, database_url):
        assert sign_in(url=unused.url).list().status_code == 503

        assert error_of(unused.request("GET", "/readyz"))[2] == UNREACHABLE


def test_a_database_that_was_not_ready_is_asked_until_it_is(
    unused: Api, postgres: str, database_url: str
) -> None:
    readiness(unused)

    with away(postgres, database_url):
        remembered = unused.request("GET", "/readyz").status_code
        asked = unused.request("GET", "/readyz", params={"deep": "1"}).status_code
        asked_again = unused.request("GET", "/readyz").status_code

    assert [remembered, asked, asked_again] == [200, 503, 503]
    assert readiness(unused)["age_seconds"] == 0


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ("deep=1&deep=1", "This parameter must be sent only once"),
        ("deep=0", "deep must be 1"),
        ("deep=", "deep must be 1"),
        ("deep", "deep must be 1"),
        ("deep=true", "deep must be 1"),
        ("deep=%201", "deep must be 1"),
    ],
)
def test_deep_is_sent_once_and_as_1(anonymous: Api, sent: str, message: str) -> None:
    response = anonymous.request("GET", f"/readyz?{sent}")

    assert violations_of(response) == [("deep", message)]


@pytest.mark.parametrize("path", ["/readyz?deep=1&deeper=1", "/readyz?=", "/livez?deep=1&x&x"])
def test_health_checks_ignore_parameters_that_they_do_not_know(anonymous: Api, path: str) -> None:
    assert anonymous.request("GET", path).status_code == 200


def readiness(api: Api, **sent: str) -> dict[str, Any]:
    response = api.request("GET", "/readyz", params=sent)
    assert response.status_code == 200, response.text
    data: dict[str, Any] = response.json()["data"]
    return data


def sessions(url: str) -> int:
    ours = "datname = current_database() AND application_name = 'tasks-api'"
    ((number,),) = query(url, f"SELECT count(*) FROM pg_stat_activity WHERE {ours}")
    return int(number)


def disconnect(server: str, url: str) -> None:
    """Cut every connection to a database, as Neon does before it sleeps."""
    terminate = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    query(server, terminate, name_of(url))


@contextmanager
def away(server: str, url: str) -> Iterator[None]:
    """Have PostgreSQL refuse every connection to a database for the time of a block."""
    database = f'ALTER DATABASE "{name_of(url)}" ALLOW_CONNECTIONS'
    query(server, f"{database} false")
    disconnect(server, url)
    try:
        yield
    finally:
        query(server, f"{database} true")
