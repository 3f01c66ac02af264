"""The rounds: in each, every service meets every load in turn."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import agreement
from bench.contestants import BY_NAME, Contestant
from bench.database import BenchDatabase, filled_database
from bench.measured import Measured, measure
from bench.open_loop import run_open
from bench.scenarios import SCENARIOS, people
from bench.servers import Server, running

RATE = 1000
"""Requests a second, where the rate is fixed."""

_WARM_UP_CONNECTIONS = 16
_WARM_UP_SECONDS = 1


class Cell(NamedTuple):
    """One load: a scenario over so many connections."""

    scenario: str
    connections: int


@dataclass(frozen=True)
class Sample(Measured):
    """What one service did with one load in one round."""

    round: int
    scenario: str
    connections: int
    contestant: str


@dataclass(frozen=True)
class AtRate:
    """How long one service took for requests that came at a fixed rate, in milliseconds."""

    round: int
    contestant: str
    p50: float
    p99: float
    answered: float


class Rounds:
    """Rounds on one database, with the requests of each scenario in a file of its own."""

    def __init__(self, database: BenchDatabase, folder: Path) -> None:
        self._database = database
        self._people = people(database)
        self._files = {
            name: scenario.write(self._people, folder / name)
            for name, scenario in SCENARIOS.items()
        }

    @property
    def url(self) -> str:
        """The address of the database."""
        return self._database.url

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
            # The lists last, for the mix of another service changes them.
            for name in ("mix", "list-100"):
                for server in started:
                    self._run(server, Cell(name, _WARM_UP_CONNECTIONS), 0, _WARM_UP_SECONDS)
            yield started

    def run(
        self, servers: Sequence[Server], cells: Sequence[Cell], *, number: int, seconds: int
    ) -> Iterator[Sample]:
        """Give each service each load in turn, beginning with another one in each round."""
        first = number % len(servers)
        for cell in cells:
            scenario = SCENARIOS[cell.scenario]
            for server in (*servers[first:], *servers[:first]):
                if server.contestant.name in (scenario.only or BY_NAME):
                    if scenario.is_warmed_up:
                        self._run(server, cell, number, seconds)
                    yield self._run(server, cell, number, seconds)

    def run_at_rate(
        self, servers: Sequence[Server], *, number: int, seconds: int
    ) -> Iterator[AtRate]:
        """Give each service the mix at a fixed rate, in the same order as the other loads."""
        first = number % len(servers)
        for server in (*servers[first:], *servers[:first]):
            self._database.settle()
            taken = run_open(server.port, self._files["mix"], rate=RATE, seconds=seconds)
            yield AtRate(number, server.contestant.name, *taken)

    def _run(self, server: Server, cell: Cell, number: int, seconds: int) -> Sample:
        scenario, file = SCENARIOS[cell.scenario], self._files[cell.scenario]
        self._database.settle()
        seconds *= scenario.patience
        measured = measure(
            *(self._database, server, file, cell.connections, seconds),
            are_refused=scenario.are_refused,
        )
        return Sample(
            round=number,
            scenario=cell.scenario,
            connections=cell.connections,
            contestant=server.contestant.name,
            **asdict(measured),
        )


@contextmanager
def rounds_on_tasks() -> Iterator[Rounds]:
    """Prepare rounds on a database with the users and tasks of the comparison."""
    with filled_database() as database, TemporaryDirectory() as folder:
        yield Rounds(database, Path(folder))
