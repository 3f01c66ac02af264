"""The rounds: in each, every service meets every load in turn."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import agreement
from bench.contestants import Contestant
from bench.database import BenchDatabase, filled_database
from bench.load import run_wrk
from bench.scenarios import SCENARIOS, people
from bench.servers import Server, running

_WARM_UP_CONNECTIONS = 16
_WARM_UP_SECONDS = 1


class Cell(NamedTuple):
    """One load: a scenario over so many connections."""

    scenario: str
    connections: int


@dataclass(frozen=True)
class Sample:
    """What one service did with one load in one round.

    Latencies are in milliseconds, the CPU per request in microseconds: that of the service, and
    that of PostgreSQL on its behalf. `peak_bytes` is the most memory since its process started.
    """

    round: int
    scenario: str
    connections: int
    contestant: str
    requests_per_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    peak_bytes: int


class Rounds:
    """Rounds on one database, with the requests of each scenario in a file of its own."""

    def __init__(self, database: BenchDatabase, folder: Path) -> None:
        self._database = database
        self._people = people(database)
        self._files = {
            name: scenario.write(self._people, folder / name)
            for name, scenario in SCENARIOS.items()
        }

    @contextmanager
    def servers(
        self, contestants: Sequence[Contestant], url: str | None = None
    ) -> Iterator[list[Server]]:
        """Start the services, hold them to each other, and warm them up; stop them at the end.

        They use the database directly, or by another `url`.
        """
        with ExitStack() as stack:
            target = url or self._database.url
            started = [stack.enter_context(running(each, target)) for each in contestants]
            agreement.check(started, self._people)
            for server in started:
                for name in ("list-100", "mix"):
                    self._run(server, Cell(name, _WARM_UP_CONNECTIONS), 0, _WARM_UP_SECONDS)
            yield started

    def run(
        self, servers: Sequence[Server], cells: Sequence[Cell], *, number: int, seconds: int
    ) -> Iterator[Sample]:
        """Give each service each load in turn, beginning with another one in each round."""
        first = number % len(servers)
        for cell in cells:
            for server in (*servers[first:], *servers[:first]):
                yield self._run(server, cell, number, seconds)

    def _run(self, server: Server, cell: Cell, number: int, seconds: int) -> Sample:
        if SCENARIOS[cell.scenario].is_writing:
            self._database.settle()
        file = self._files[cell.scenario]
        own, database = server.cpu_seconds(), self._database.cpu_seconds()
        load = run_wrk(server.port, file, connections=cell.connections, seconds=seconds)
        own, database = server.cpu_seconds() - own, self._database.cpu_seconds() - database
        return Sample(
            round=number,
            scenario=cell.scenario,
            connections=cell.connections,
            contestant=server.contestant.name,
            requests_per_second=load.requests / load.microseconds * 1e6,
            p50=load.p50 / 1000,
            p99=load.p99 / 1000,
            cpu=own / load.requests * 1e6,
            database_cpu=database / load.requests * 1e6,
            peak_bytes=server.memory(),
        )


@contextmanager
def rounds_on_tasks() -> Iterator[Rounds]:
    """Prepare rounds on a database with the users and tasks of the comparison."""
    with filled_database() as database, TemporaryDirectory() as folder:
        yield Rounds(database, Path(folder))
