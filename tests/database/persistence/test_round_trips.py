"""What an operation costs, in round trips to the database."""

import select
import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest
from sqlalchemy import make_url

from tests.support.blocking import BlockingDatabase as Database
from tests.support.operations import ALL


class Wire:
    """A way to a database on which every change of direction is counted."""

    def __init__(self, url: str) -> None:
        target = make_url(url)
        self._database = (target.host or "127.0.0.1", target.port or 5432)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = target.set(host="127.0.0.1", port=self._listener.getsockname()[1])
        self.round_trips = 0
        Thread(target=self._carry, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.close()

    def _carry(self) -> None:
        service, _ = self._listener.accept()
        with service, socket.create_connection(self._database) as database:
            speaker = database
            while True:
                (sender, *_), _, _ = select.select([service, database], [], [])
                data = sender.recv(65536)
                if not data:
                    return
                self.round_trips += sender is service and speaker is database
                speaker = sender
                (database if sender is service else service).sendall(data)


@pytest.fixture
def wire(database_url: str) -> Iterator[Wire]:
    """Give a way to the database."""
    with closing(Wire(database_url)) as wire:
        yield wire


@pytest.fixture
def distant(wire: Wire) -> Iterator[Database]:
    """Give the database at the end of it."""
    database = Database(wire.url.render_as_string(hide_password=False))
    yield database
    database.dispose()


@pytest.mark.parametrize("name", ALL)
def test_it_is_one_and_with_a_key_another_for_the_expired_ones(
    wire: Wire, distant: Database, name: str
) -> None:
    with distant.tasks_of("alice") as tasks:
        task = tasks.add(title="Buy milk", description=None)
        before = wire.round_trips

        ALL[name](tasks, task.id)

    assert wire.round_trips - before == (2 if name == "add once" else 1)
