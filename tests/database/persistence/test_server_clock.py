"""Deadlines on the clock of the server."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from persistence import deadline, pool
from persistence.database import Database
from persistence.deadline import server_deadline
from persistence.errors import DatabaseUnavailable
from tests.support.database import query
from tests.support.operations import all_of

EARLIER = select(func.clock_timestamp() - text("interval '1 hour'"))


def test_the_deadline_is_a_moment_on_the_servers_clock_which_is_asked_once(
    database_url: str,
) -> None:
    asked: list[datetime] = []
    info: dict[str, object] = {}

    def ask() -> datetime:
        ((now,),) = query(database_url, "SELECT clock_timestamp() + interval '1 hour'")
        asked.append(now)
        return asked[-1]

    with deadline.within(5):
        found = [server_deadline(info, ask) for _ in range(3)]
        expected = datetime.now(UTC) + timedelta(hours=1, seconds=5)  # They share this machine.

    assert all(timedelta(0) <= expected - moment < timedelta(seconds=1) for moment in found)
    assert len(asked) == 1


def test_without_a_deadline_nothing_expires() -> None:
    assert server_deadline({}, datetime.now).year == 9999


def test_where_the_servers_clock_was_set_a_change_is_refused_until_it_is_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        monkeypatch.setattr(pool, "NOW", EARLIER)
        for versions in (None, [task.updated_at]):
            with deadline.within(5), pytest.raises(DatabaseUnavailable):
                tasks.replace(task.id, title="Buy oats", description=None, versions=versions)
        assert all_of(tasks) == [task]
        monkeypatch.undo()
        monkeypatch.setattr(deadline, "CLOCK_MAX_AGE_SECONDS", 0.0)
        time.sleep(0.01)

        with deadline.within(5):
            assert tasks.toggle(task.id).completed
