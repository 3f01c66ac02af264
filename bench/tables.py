"""The tables of the comparison."""

from collections.abc import Callable, Sequence

from bench.document import table
from bench.figures import Figures, Spread
from bench.rounds import Cell
from bench.scenarios import SCENARIOS

MIB = 2**20


_SHORT = [
    *(Cell(name, 16) for name in ("get", "list-100", "list-changed", "post", "put", "patch")),
    Cell("mix", 100),
]


def in_short(figures: Figures) -> str:
    """Write what matters most as ratios: requests per second, both CPUs, and PostgreSQL's."""
    fields = {
        "requests per second: more is better": "requests_per_second",
        "CPU of service and PostgreSQL for each request: less is better": "both_cpu",
        "requests for each second of PostgreSQL's CPU: more is better": "per_database_core",
    }
    parts = [f"**{title}**\n\n{_ratios(figures, field)}" for title, field in fields.items()]
    return "\n\n".join(parts)


def _ratios(figures: Figures, field: str) -> str:
    rows = [
        [
            _title(cell),
            *(_two_digits(figures.ratio(cell, each.name, field).median) for each in figures.others),
        ]
        for cell in _SHORT
        if cell in figures.cells
    ]
    return table(["This service, divided by", *(each.title for each in figures.others)], rows)


def in_full(figures: Figures, cells: Sequence[Cell]) -> str:
    """Write a table for each scenario: every service over every number of connections."""
    parts = []
    for name in dict.fromkeys(cell.scenario for cell in cells):
        rows = [
            _row(figures, cell, contestant.name, contestant.title)
            for cell in cells
            if cell.scenario == name
            for contestant in figures.contestants
            if figures.has(cell, contestant.name)
        ]
        parts.append(f"### {SCENARIOS[name].title}\n\n{table(_HEAD, rows)}")
    return "\n\n".join(parts)


_HEAD = [
    *("Connections, service", "requests/s", "p50, ms", "p99, ms", "CPU, µs a request"),
    *("PostgreSQL's CPU, µs", "both, µs", "requests for a second of PostgreSQL's CPU"),
]


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
        _whole(figures.of(cell, name, "both_cpu").median),
        _whole(figures.of(cell, name, "per_database_core").median),
    ]


def further(figures: Figures, cells: Sequence[Cell]) -> str:
    """Write requests per second and both CPUs of what only some services do, as medians."""
    rows = [
        [
            SCENARIOS[cell.scenario].title,
            *(_rate_and_cpu(figures, cell, each.name) for each in figures.contestants),
        ]
        for cell in cells
    ]
    return table(["requests/s; CPU of both, µs", *(x.title for x in figures.contestants)], rows)


def _rate_and_cpu(figures: Figures, cell: Cell, name: str) -> str:
    if not figures.has(cell, name):
        return ""
    fields = ("requests_per_second", "both_cpu")
    return "; ".join(_whole(figures.of(cell, name, field).median) for field in fields)


def at_rate(figures: Figures) -> str:
    """Write the latencies at a fixed rate, as medians of the rounds."""
    rows = [
        [
            each.title,
            _fine(figures.at_rate(each.name, "p50").median),
            _fine(figures.at_rate(each.name, "p99").median),
            f"{figures.at_rate(each.name, 'answered').median:.0%}",
        ]
        for each in figures.contestants
    ]
    return table(["Service", "p50, ms", "p99, ms", "answered"], rows)


def round_by_round(figures: Figures, cells: Sequence[Cell]) -> str:
    """Write the ratios of requests per second of every round, in order."""
    rows = [
        [_title(cell), *(_in_order(figures.ratio(cell, other.name)) for other in figures.others)]
        for cell in cells
    ]
    return table(["Load", *(f"to {each.title}" for each in figures.others)], rows)


def memory(figures: Figures) -> str:
    """Write the peak memory of each service."""
    rows = [
        [each.title, _ranged(figures.peak(each.name), lambda value: f"{value / MIB:.0f}")]
        for each in figures.contestants
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
