"""A fault is logged when it begins and when it ends; in between it is counted."""

import time
from pathlib import Path
from typing import Any

import pytest

from tasks_api.observability import faults as module
from tasks_api.observability.events import Event
from tasks_api.observability.faults import (
    LOG_INTERVAL_SECONDS,
    MAX_REASONS,
    QUIET_SECONDS,
    Fault,
)
from tests.support.api import SignIn
from tests.support.database import query
from tests.support.log import awaited, logged
from tests.support.service import Service, running_service

BEGAN, ENDED = Event.DATABASE_UNAVAILABLE, Event.DATABASE_RECOVERED


def told(events: list[Any]) -> list[tuple[object, object]]:
    return [(line["event"], line["count"]) for line in events]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "monotonic", clock)
    return clock


def test_it_is_logged_once_and_counted_until_it_is_over(events: list[Any], clock: Clock) -> None:
    fault = Fault(BEGAN, ENDED)
    for _ in range(100):
        fault.fail("refused")
    assert fault.is_on
    clock.now += QUIET_SECONDS
    fault.succeed()
    assert not fault.is_on

    assert told(events) == [(BEGAN, 1), (ENDED, 100)]
    assert events[0]["reason"] == "refused"
    assert events[1]["seconds"] == QUIET_SECONDS


def test_a_success_soon_after_a_failure_does_not_end_it(events: list[Any], clock: Clock) -> None:
    fault = Fault(BEGAN, ENDED)
    for _ in range(5):
        fault.fail("refused")
        clock.now += QUIET_SECONDS / 2
        fault.succeed()

    assert fault.is_on
    assert told(events) == [(BEGAN, 1)]


@pytest.mark.usefixtures("clock")
def test_each_further_reason_is_logged_but_not_without_end(events: list[Any]) -> None:
    fault = Fault(BEGAN, ENDED)
    for n in range(50):
        fault.fail(f"reason {n % 25}")

    assert len(events) == MAX_REASONS


def test_one_that_lasts_is_logged_again_with_its_count(events: list[Any], clock: Clock) -> None:
    fault = Fault(BEGAN, ENDED)
    for _ in range(3):
        fault.fail("refused")
    clock.now += LOG_INTERVAL_SECONDS
    fault.fail("refused")

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
        time.sleep(QUIET_SECONDS)
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
