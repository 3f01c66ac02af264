"""Users who create tasks all the time, and an account of what they were answered."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from tests.support.api import new_user, token_of

USERS = 12
_PATIENCE_SECONDS = 20


@dataclass
class User:
    """One user with one connection after the other, each used for as long as it is open."""

    address: tuple[str, int]
    secret: str
    name: str = field(default_factory=new_user)
    created: list[str] = field(default_factory=list)
    """The titles of the tasks whose creation was acknowledged."""
    statuses: set[int] = field(default_factory=set)
    unanswered: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)
    """New connections that were reset before their first answer: never accepted by the service."""

    def work(self) -> None:
        """Create tasks until nothing listens any more."""
        token = token_of(self.name, secret=self.secret, exp=int(time.time()) + 3600)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        titles = (f"Task {number}" for number in count())
        while (connection := self._connected()) and self._use(connection, headers, titles):
            pass

    def _connected(self) -> http.client.HTTPConnection | None:
        connection = http.client.HTTPConnection(*self.address, timeout=_PATIENCE_SECONDS)
        try:
            connection.connect()
        except OSError:
            return None
        return connection

    def _use(
        self,
        connection: http.client.HTTPConnection,
        headers: dict[str, str],
        titles: Iterator[str],
    ) -> bool:
        """Tell whether the connection was closed with an answer, as it has to be."""
        is_new = True
        for title in titles:
            try:
                answer = _exchange(connection, headers, title)
            except (OSError, http.client.HTTPException) as error:
                where = self.reset if is_new and _is_reset(error) else self.unanswered
                where.append(f"{title}: {error!r}")
                return False
            self.statuses.add(answer.status)
            if answer.status == http.HTTPStatus.CREATED:
                self.created.append(title)
            if answer.getheader("Connection", "").lower() == "close":
                return True
            is_new = False
        return False


def _exchange(
    connection: http.client.HTTPConnection, headers: dict[str, str], title: str
) -> http.client.HTTPResponse:
    connection.request("POST", "/api/tasks", json.dumps({"title": title}), headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def _is_reset(error: Exception) -> bool:
    # Python calls an orderly end without an answer a reset as well.
    is_end = isinstance(error, http.client.RemoteDisconnected)
    return isinstance(error, ConnectionError) and not is_end


@contextmanager
def under_load(address: tuple[str, int], secret: str) -> Iterator[list[User]]:
    """Let users work from the start of a block on, and wait at its end until each has ended."""
    users = [User(address, secret) for _ in range(USERS)]
    threads = [threading.Thread(target=user.work, daemon=True) for user in users]
    for thread in threads:
        thread.start()
    yield users
    for thread in threads:
        thread.join(timeout=4 * _PATIENCE_SECONDS)
        assert not thread.is_alive(), "a user still works"
