"""What every round trip to the database costs, where it takes five milliseconds more."""

from bench.contestants import IN_PYTHON
from bench.document import table
from bench.far_away import far_away
from bench.figures import Figures
from bench.rounds import Cell, rounds_on_tasks
from bench.scenarios import SCENARIOS

_MILLISECONDS = 5
_NAMES = ("get", "list-100", "post", "put", "patch")
_CELLS = [Cell(name, count) for name in _NAMES for count in (1, 16)]
_SECONDS = 2
_ROUNDS = 2


def run() -> str:
    """Give each service each load, with the database further away, and write the medians."""
    with (
        rounds_on_tasks() as rounds,
        far_away(rounds.url, milliseconds=_MILLISECONDS) as url,
        rounds.servers(IN_PYTHON, url) as servers,
    ):
        figures = Figures(
            sample
            for number in range(_ROUNDS)
            for sample in rounds.run(servers, _CELLS, number=number, seconds=_SECONDS)
        )
    rows = [_row(figures, cell) for cell in _CELLS]
    return table(["p50 in ms; requests per second", *(each.title for each in IN_PYTHON)], rows)


def _row(figures: Figures, cell: Cell) -> list[str]:
    def of(name: str) -> str:
        p50 = figures.of(cell, name, "p50").median
        return f"{p50:.1f}; {figures.of(cell, name, 'requests_per_second').median:,.0f}"

    title = f"{SCENARIOS[cell.scenario].title}, {cell.connections} connections"
    return [title, *(of(each.name) for each in IN_PYTHON)]
