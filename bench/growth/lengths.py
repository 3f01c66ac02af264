"""How the answer grows with the list: time, processor, memory, and what others have to wait."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contestants import IN_PYTHON, Contestant
from bench.database import BenchDatabase, empty_database
from bench.document import table
from bench.load import run_wrk
from bench.measured import measure
from bench.scenarios import Person, people
from bench.servers import Server, running

_LENGTHS = (10, 100, 1000, 10_000)
_SECONDS = 3
_MIB = 2**20


def run() -> str:
    """Ask each service for lists of every length, and write what each took as a table."""
    with empty_database() as database, TemporaryDirectory() as folder:
        for length in _LENGTHS:
            database.add(f"reader-{length}", users=1, tasks_each=length)
        database.settle()
        # The users of the lists, the shortest first, as their names sort.
        readers = people(database).readers
        rows = [
            _row(contestant, database, reader, length, Path(folder))
            for contestant in IN_PYTHON
            for length, reader in zip(_LENGTHS, readers, strict=True)
        ]
    head = ["Service, tasks in the list", "p50, ms", "p50, µs a task", "CPU, µs a task"]
    return table([*head, "peak memory, MiB", "p99 of GET one meanwhile, ms"], rows)


def _row(
    contestant: Contestant, database: BenchDatabase, reader: Person, length: int, folder: Path
) -> list[str]:
    lists, one = folder / "lists", folder / "one"
    lists.write_bytes(reader.request("GET", "/api/tasks"))
    one.write_bytes(reader.request("GET", f"/api/tasks/{reader.task_ids[0]}"))
    with running(contestant, database.url) as server:
        run_wrk(server.port, lists, connections=1, seconds=1)
        taken = measure(database, server, lists, 1, _SECONDS)
        meanwhile = _beside(server, lists, one)
    return [
        f"{contestant.title}, {length:,}",
        f"{taken.p50:.2f}",
        f"{taken.p50 * 1000 / length:.1f}",
        f"{taken.cpu / length:.1f}",
        f"{taken.peak_bytes / _MIB:.0f}",
        f"{meanwhile:.2f}",
    ]


def _beside(server: Server, lists: Path, one: Path) -> float:
    """Give the p99 of single tasks, in milliseconds, while another client asks for the list."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        busy = pool.submit(run_wrk, server.port, lists, connections=1, seconds=_SECONDS)
        others = run_wrk(server.port, one, connections=1, seconds=_SECONDS)
        busy.result()
    return others.p99 / 1000
