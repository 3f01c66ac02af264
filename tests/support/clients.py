"""Clients that call again and again, and try nothing again but to connect."""

import http.client
import select
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Event

import orjson

CONNECT_SECONDS = 60.0

_numbers = count(1)


@dataclass
class Load:
    """What several clients have seen. A failure is anything but a 200 or a 201."""

    port: int
    token: str
    pause: float = 0.0
    """Seconds between two requests of a client."""
    answered: int = 0
    acknowledged: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _over: Event = field(default_factory=Event)

    def wait_for(self, answers: int) -> None:
        """Return after so many more answers; the test's own time limit is the bound."""
        goal = self.answered + answers
        while self.answered < goal:
            time.sleep(0.01)

    @contextmanager
    def running(self, *, kept: int, fresh: int) -> Iterator[None]:
        """Have clients call that keep their connections, and others with a new one each time."""
        with ThreadPoolExecutor(kept + fresh) as threads:
            clients = [
                threads.submit(self._call, keep=number < kept) for number in range(kept + fresh)
            ]
            try:
                yield
            finally:
                self._over.set()
            for client in clients:
                client.result()

    def _call(self, *, keep: bool) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        while not self._over.is_set():
            if not keep or _is_closed_by_peer(connection):
                connection.close()
            is_fresh = connection.sock is None
            if is_fresh and not self._connect(connection):
                break
            self._exchange(connection, f"task {next(_numbers)}", is_fresh=is_fresh)
            time.sleep(self.pause)
        connection.close()

    def _connect(self, connection: http.client.HTTPConnection) -> bool:
        give_up = time.monotonic() + CONNECT_SECONDS
        while not self._over.is_set():
            with suppress(ConnectionRefusedError):
                connection.connect()
                return True
            if time.monotonic() > give_up:
                self.failures.append("no connection")
                break
            time.sleep(0.05)
        return False

    def _exchange(
        self, connection: http.client.HTTPConnection, title: str, *, is_fresh: bool
    ) -> None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        creates = hash(title) % 2 == 0
        try:
            if creates:
                body = orjson.dumps({"title": title})
                connection.request("POST", "/api/tasks", body, headers)
            else:
                connection.request("GET", "/api/tasks/1", headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            # A handshake that completes just as the listener closes is reset by the kernel.
            if not (is_fresh and isinstance(error, ConnectionResetError)):
                self.failures.append(f"{title}: {error!r}")
            return
        self.answered += 1
        if answer.status == 201:
            self.acknowledged.append(title)
        elif creates or answer.status not in (200, 404):
            self.failures.append(f"{title}: {answer.status} {text!r}")


def _is_closed_by_peer(connection: http.client.HTTPConnection) -> bool:
    """Look before a connection is used again, as every pool of connections does."""
    return connection.sock is not None and bool(select.select([connection.sock], [], [], 0)[0])
