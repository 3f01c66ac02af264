"""The rounds: in each, every service meets every load in turn."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench import agreement
from bench.contestants import Contestant
from bench.database import BenchDatabase, filled_database
from bench.measured import Measured, measure
from bench.scenarios import SCENARIOS, people
from bench.servers import Server, running

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
        scenario, file = SCENARIOS[cell.scenario], self._files[cell.scenario]
        self._database.settle()
        seconds *= scenario.patience
        measured = measure(self._database, server, file, cell.connections, seconds)
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
