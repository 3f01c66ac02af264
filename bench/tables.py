"""The tables of the comparison."""

from collections.abc import Callable

from bench.contestants import ALL, OTHERS
from bench.document import table
from bench.figures import Figures, Spread
from bench.rounds import Cell
from bench.scenarios import SCENARIOS

MIB = 2**20


def in_short(figures: Figures) -> str:
    """Write the ratios of the loads that matter most, with the lowest and highest of the rounds."""
    cells = [Cell(name, 16) for name in ("get", "list-100", "post", "put", "patch")]
    rows = [_ratios(figures, cell, "requests per second") for cell in cells]
    rows.append(_ratios(figures, Cell("mix", 100), "p99 of the latency", "p99"))
    return table(["This service, divided by", *(each.title for each in OTHERS)], rows)


def _ratios(
    figures: Figures, cell: Cell, what: str, field: str = "requests_per_second"
) -> list[str]:
    name = f"{_title(cell)}: {what}"
    spreads = [figures.ratio(cell, other.name, field) for other in OTHERS]
    return [name, *(_ranged(spread, _two_digits) for spread in spreads)]


def in_full(figures: Figures) -> str:
    """Write a table for each scenario: every service over every number of connections."""
    parts = []
    for name in dict.fromkeys(cell.scenario for cell in figures.cells):
        rows = [
            _row(figures, cell, contestant.name, contestant.title)
            for cell in figures.cells
            if cell.scenario == name
            for contestant in ALL
        ]
        head = ["Connections, service", "requests/s", "p50, ms", "p99, ms"]
        cpu = ["CPU, µs a request", "PostgreSQL's CPU, µs"]
        parts.append(f"### {SCENARIOS[name].title}\n\n{table([*head, *cpu], rows)}")
    return "\n\n".join(parts)


def _row(figures: Figures, cell: Cell, name: str, title: str) -> list[str]:
    def of(field: str, written: Callable[[float], str]) -> str:
        return _ranged(figures.of(cell, name, field), written)

    return [
        f"{cell.connections}, {title}",
        of("requests_per_second", _whole),
        of("p50", _fine),
        of("p99", _fine),
        of("cpu", _whole),
        of("database_cpu", _whole),
    ]


def round_by_round(figures: Figures) -> str:
    """Write the ratios of requests per second of every round, in order."""
    rows = [
        [_title(cell), *(_in_order(figures.ratio(cell, other.name)) for other in OTHERS)]
        for cell in figures.cells
    ]
    return table(["Load", *(f"to {each.title}" for each in OTHERS)], rows)


def memory(figures: Figures) -> str:
    """Write the peak memory of each service."""
    rows = [
        [each.title, _ranged(figures.peak(each.name), lambda value: f"{value / MIB:.0f}")]
        for each in ALL
    ]
    return table(["Service", "peak memory, MiB"], rows)


def _title(cell: Cell) -> str:
    return f"{SCENARIOS[cell.scenario].title}, {cell.connections} connections"


def _ranged(spread: Spread, written: Callable[[float], str]) -> str:
    low, high = spread.range
    return f"{written(spread.median)} ({written(low)}–{written(high)})"  # noqa: RUF001 - a range.


def _in_order(spread: Spread) -> str:
    return " · ".join(f"{value:.2f}" for value in spread.values)


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _fine(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"  # noqa: PLR2004 - three digits.


def _two_digits(value: float) -> str:
    return f"{value:.2f}"
