"""How GET one and a list of 100 fare as the table grows around them."""

import os
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.contestants import OURS
from bench.database import BenchDatabase, empty_database
from bench.document import table
from bench.measured import Measured, measure
from bench.scenarios import SCENARIOS, people
from bench.servers import running

_READERS = 10
_FILLERS = 990
_LARGEST = int(os.environ.get("BENCH_ROWS", "10000000"))
_SECONDS = 3
_TRIES = 5
_CONNECTIONS = 16

# Ten users have 100 tasks each, and the others share the rest. They take turns, so that the tasks
# of a user lie far apart in a large table. Each turn is committed: in a single transaction, the
# rows that the triggers change would be in as many versions as there are tasks of a user.
_FILL = """
    DO $$ BEGIN FOR t IN 1..100 LOOP
        INSERT INTO tasks (user_id, title, description, created_at, updated_at)
        SELECT name, 'Task: call the plumber', 'It drips since Tuesday.', made, made
        FROM (SELECT id AS name FROM users WHERE id LIKE 'reader-%%'
              UNION ALL
              SELECT 'filler-' || 1 + n %% %(fillers)s FROM generate_series(1, %(each)s) AS n
             ) AS owners,
             LATERAL (SELECT timestamptz '2026-01-01' + t * interval '1 hour' AS made) AS moment;
        COMMIT;
    END LOOP; END $$
"""


def run() -> str:
    """Fill the table ten times as full in each step, and write what this service took."""
    rows = []
    with empty_database() as database:
        database.add("reader", users=_READERS)
        database.add("filler", users=_FILLERS)
        size = _READERS * 100
        while size <= _LARGEST:
            _fill(database, size)
            rows.append([f"{size:,}", *_measured(database)])
            size *= 10
    head = ["Tasks in the table", "GET one: p50, ms", "CPU, µs", "PostgreSQL's CPU, µs"]
    return table([*head, "list of 100: p50, ms", "CPU, µs", "PostgreSQL's CPU, µs"], rows)


def _fill(database: BenchDatabase, size: int) -> None:
    each = size // 100 - _READERS
    database.execute("TRUNCATE tasks, idempotency_keys")
    database.execute(_FILL, {"fillers": _FILLERS, "each": each})
    database.settle()


def _measured(database: BenchDatabase) -> list[str]:
    with running(OURS, database.url) as server, TemporaryDirectory() as folder:
        cells = []
        for name in ("get", "list-100"):
            file = SCENARIOS[name].write(people(database), Path(folder) / name)
            tries = [
                measure(database, server, file, _CONNECTIONS, _SECONDS) for _ in range(_TRIES + 1)
            ]
            cells += _cells(tries[1:])  # The first warms it up.
        return cells


def _cells(tries: Sequence[Measured]) -> list[str]:
    def middle(field: str) -> float:
        return float(median(getattr(each, field) for each in tries))

    return [f"{middle('p50'):.2f}", f"{middle('cpu'):,.0f}", f"{middle('database_cpu'):,.0f}"]
