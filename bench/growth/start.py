"""How long it takes from the start of the process to the first answer."""

import time

from bench.contestants import IN_PYTHON
from bench.database import empty_database
from bench.document import table
from bench.figures import Spread
from bench.servers import running

_TIMES = 7


def run() -> str:
    """Start each service several times, in turn, and write the seconds as a table."""
    seconds: dict[str, list[float]] = {each.title: [] for each in IN_PYTHON}
    with empty_database() as database:
        for _ in range(_TIMES):
            for contestant in IN_PYTHON:
                before = time.perf_counter()
                with running(contestant, database.url):
                    seconds[contestant.title].append(time.perf_counter() - before)
    rows = [[title, *_row(Spread.of(values))] for title, values in seconds.items()]
    return table(["Service", "seconds to the first 200 on `/livez`", "lowest", "highest"], rows)


def _row(spread: Spread) -> list[str]:
    return [f"{value:.2f}" for value in (spread.median, *spread.range)]
