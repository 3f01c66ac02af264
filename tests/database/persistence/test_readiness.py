"""When the database is asked, and how long its answer is good for."""

import asyncio
import time

import pytest

from persistence.errors import DatabaseUnavailable
from persistence.readiness import QUIET_SECONDS, Readiness
from tests.support.blocking import BlockingDatabase as Database
from tests.support.operations import all_of

NEON_SLEEPS_AFTER = 300


class Asked:
    """Stands for the database, and counts the questions."""

    def __init__(self) -> None:
        self.times = 0
        self.is_away = False

    async def __call__(self) -> None:
        self.times += 1
        if self.is_away:
            raise DatabaseUnavailable


def age(readiness: Readiness, *, ask: bool = False) -> float:
    return asyncio.run(readiness.age(ask=ask))


def test_nothing_is_known_before_it_has_been_asked() -> None:
    asked = Asked()

    age(Readiness(asked))

    assert asked.times == 1


def test_its_own_question_is_no_traffic() -> None:
    asked = Asked()
    readiness = Readiness(asked)

    for _ in range(3):
        age(readiness)

    assert asked.times == 1


def test_it_is_asked_each_time_until_the_traffic_was_a_while_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = Asked()
    readiness = Readiness(asked, quiet_seconds=60)

    readiness.note_traffic()
    while_used = [age(readiness) for _ in range(3)]
    with monkeypatch.context() as later:
        now = time.monotonic() + 61
        later.setattr(time, "monotonic", lambda: now)
        when_quiet = [age(readiness) for _ in range(3)]

    assert asked.times == 3
    assert max(while_used) < min(when_quiet)


def test_a_no_is_not_remembered() -> None:
    asked = Asked()
    readiness = Readiness(asked)
    age(readiness)

    asked.is_away = True
    for ask in (True, False, False):
        with pytest.raises(DatabaseUnavailable):
            age(readiness, ask=ask)
    asked.is_away = False
    age(readiness)

    assert asked.times == 5


def test_every_use_of_the_tasks_is_traffic(database: Database) -> None:
    database.ready_age(ask=False)
    time.sleep(1)
    remembered = database.ready_age(ask=False)

    with database.tasks_of("alice") as tasks:
        all_of(tasks)

    assert database.ready_age(ask=False) < remembered


def test_neon_gets_the_time_to_fall_asleep() -> None:
    assert QUIET_SECONDS < NEON_SLEEPS_AFTER
