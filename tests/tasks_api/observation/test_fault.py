"""A fault is told when it begins and when it ends; in between it is counted."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tasks_api.observability import faults as module
from tasks_api.observability.events import Event
from tasks_api.observability.faults import MAX_REASONS, Fault
from tests.api import SignIn
from tests.database import query
from tests.log import awaited, logged
from tests.service import Service, running_service

BEGAN, ENDED = Event.DATABASE_UNAVAILABLE, Event.DATABASE_RECOVERED


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a second."""
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.05)


def told(events: list[Any]) -> list[tuple[object, object]]:
    return [(line["event"], line["count"]) for line in events]


def test_it_is_told_once_and_counted_until_it_is_over(events: list[Any]) -> None:
    async def happens() -> None:
        fault = Fault(BEGAN, ENDED)
        for _ in range(100):
            fault.fail("refused")
        assert fault.is_on
        fault.succeed()
        await asyncio.sleep(0.1)
        assert not fault.is_on

    asyncio.run(happens())

    assert told(events) == [(BEGAN, 1), (ENDED, 100)]
    assert events[0]["reason"] == "refused"


def test_it_is_not_over_where_a_failure_follows_the_success(events: list[Any]) -> None:
    async def happens() -> None:
        fault = Fault(BEGAN, ENDED)
        for _ in range(5):
            fault.fail("refused")
            fault.succeed()
            await asyncio.sleep(0.01)
        fault.fail("refused")
        await asyncio.sleep(0.1)

    asyncio.run(happens())

    assert told(events) == [(BEGAN, 1)]


def test_each_further_reason_is_told_but_not_without_end(events: list[Any]) -> None:
    async def happens() -> None:
        fault = Fault(BEGAN, ENDED)
        for n in range(50):
            fault.fail(f"reason {n % 25}")

    asyncio.run(happens())

    assert len(events) == MAX_REASONS


def test_one_that_lasts_is_told_again_with_its_count(
    events: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOLD_EVERY_SECONDS", 0.05)

    async def happens() -> None:
        fault = Fault(BEGAN, ENDED)
        for _ in range(3):
            fault.fail("refused")
        await asyncio.sleep(0.06)
        fault.fail("refused")

    asyncio.run(happens())

    assert told(events) == [(BEGAN, 1), (BEGAN, 4)]


def test_the_database_goes_and_comes_back(
    tmp_path: Path, database_url: str, sign_in: SignIn
) -> None:
    with running_service(tmp_path, database_url) as service:
        api = sign_in(url=service.url)
        query(database_url, "ALTER TABLE tasks RENAME TO elsewhere")
        for _ in range(5):
            assert api.list().status_code == 503
        query(database_url, "ALTER TABLE elsewhere RENAME TO tasks")
        assert api.list().status_code == 200
        ended = awaited(service.log, ENDED)

    (began,) = logged(service.log, BEGAN)
    assert (began["level"], began["reason"], began["count"]) == ("warning", "SQLSTATE 42P01", 1)
    assert (ended["level"], ended["count"]) == ("info", 5)


def test_the_reason_is_the_first_line_of_what_libpq_says(
    service_without_database: Service, sign_in: SignIn
) -> None:
    sign_in(url=service_without_database.url).list()

    assert awaited(service_without_database.log, BEGAN)["reason"] == "Connection refused"
