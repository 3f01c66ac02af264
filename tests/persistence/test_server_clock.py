"""Deadlines on the clock of the server."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, func, select, text

from persistence import deadline, server_clock
from persistence.engine import Database
from persistence.errors import DatabaseUnavailable
from persistence.server_clock import deadline_of

EARLIER = select(func.clock_timestamp() - text("interval '1 hour'"))


def test_the_deadline_is_a_moment_on_the_servers_clock(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg2:"))

    with engine.connect() as connection, deadline.within(5):
        found = [deadline_of(connection) for _ in range(3)]
        expected = datetime.now(UTC) + timedelta(seconds=5)  # It is this machine's clock.

    assert all(timedelta(0) <= expected - moment < timedelta(seconds=1) for moment in found)
    engine.dispose()


def test_without_a_deadline_nothing_expires(database_url: str) -> None:
    engine = create_engine(database_url.replace("postgresql:", "postgresql+psycopg2:"))

    with engine.connect() as connection:
        assert deadline_of(connection).year == 9999

    engine.dispose()


def test_where_the_servers_clock_was_set_a_change_is_refused_until_it_is_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        monkeypatch.setattr(server_clock, "NOW", EARLIER)
        for versions in (None, [task.updated_at]):
            with deadline.within(5), pytest.raises(DatabaseUnavailable):
                tasks.replace(task.id, title="Buy oats", description=None, versions=versions)
        assert tasks.list() == [task]
        monkeypatch.undo()
        monkeypatch.setattr(server_clock, "BELIEVED_SECONDS", 0.0)
        time.sleep(0.01)

        with deadline.within(5):
            assert tasks.toggle(task.id).completed
