"""How many long lists are answered that are asked for at the same time, each by another user."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Barrier
from typing import NamedTuple

from bench.contestants import OURS
from bench.database import empty_database
from bench.document import table
from bench.scenarios import Person, people
from bench.servers import Server, running

_USERS = 10
_TIMES = 10
_CLIENT_SECONDS = 60
_OK = 200
_MIB = 2**20


class _Answer(NamedTuple):
    status: int
    size: int
    seconds: float


def run() -> str:
    """Ask for lists of two lengths, and write how many were answered, and when, as a table."""
    rows = [_row(length) for length in (10_000, 50_000)]
    head = ["Tasks in each of ten lists", "MB each", "answered", "p50, s", "longest, s"]
    return table([*head, "peak memory, MiB", "memory afterwards, MiB"], rows)


def _row(length: int) -> list[str]:
    with empty_database() as database:
        database.add("reader", users=_USERS, tasks_each=length)
        database.settle()
        readers = people(database).readers
        with running(OURS, database.url) as server:
            answers = [each for _ in range(_TIMES) for each in _asked_at_once(server, readers)]
            peak, afterwards = server.memory(), server.memory("VmRSS")
    seconds = sorted(each.seconds for each in answers)
    sizes = [each.size for each in answers if each.status == _OK]
    return [
        f"{length:,}",
        f"{max(sizes, default=0) / 1e6:.1f}",
        f"{len(sizes)} of {len(answers)}",
        f"{seconds[len(seconds) // 2]:.2f}",
        f"{seconds[-1]:.2f}",
        f"{peak / _MIB:.0f}",
        f"{afterwards / _MIB:.0f}",
    ]


def _asked_at_once(server: Server, readers: Sequence[Person]) -> list[_Answer]:
    barrier = Barrier(len(readers))

    def ask(reader: Person) -> _Answer:
        headers = {"Authorization": f"Bearer {reader.token}"}
        connection = HTTPConnection("127.0.0.1", server.port, timeout=_CLIENT_SECONDS)
        with closing(connection):
            connection.connect()
            barrier.wait()
            began = time.perf_counter()
            connection.request("GET", "/api/tasks", headers=headers)
            response = connection.getresponse()
            size = len(response.read())
            return _Answer(response.status, size, time.perf_counter() - began)

    with ThreadPoolExecutor(max_workers=len(readers)) as pool:
        return list(pool.map(ask, readers))
