"""The memory of this service over many requests."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contestants import OURS
from bench.database import filled_database
from bench.document import table
from bench.load import run_wrk
from bench.scenarios import SCENARIOS, people
from bench.servers import running

_CONNECTIONS = 100
_REQUESTS = int(os.environ.get("BENCH_REQUESTS", "1000000"))
_SECONDS = 5
_ROWS = 10
_MIB = 2**20


def run() -> str:
    """Send the mix until so many requests are answered, and write the memory in between."""
    rows: list[list[str]] = []
    done = 0
    with filled_database() as database, TemporaryDirectory() as folder:
        file = SCENARIOS["mix"].write(people(database), Path(folder) / "mix")
        with running(OURS, database.url) as server:
            while done < _REQUESTS:
                if done >= len(rows) * _REQUESTS / _ROWS:
                    rows.append([f"{done:,}", f"{server.memory('VmRSS') / _MIB:.0f}"])
                database.settle()
                load = run_wrk(server.port, file, connections=_CONNECTIONS, seconds=_SECONDS)
                done += load.requests
            rows.append([f"{done:,}", f"{server.memory('VmRSS') / _MIB:.0f}"])
    return table(["Requests of the mix, over 100 connections", "resident memory, MiB"], rows)
