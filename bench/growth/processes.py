"""One process, two, and three behind nginx and PgBouncer, on the same cores."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.contestants import OURS
from bench.database import BenchDatabase, filled_database
from bench.document import table
from bench.load import Load, run_wrk
from bench.scenarios import SCENARIOS, people
from bench.servers import running
from tasks_api.dev.local_postgres.cluster import programs_for
from tests.system.faults.pgbouncer import PgBouncer
from tests.system.replicas.nginx import Nginx

_CONNECTIONS = 100
_SECONDS = 3
_TRIES = 3

_DIRECT, _BEHIND_NGINX, _BEHIND_BOTH = (
    "clients and PostgreSQL directly",
    "behind nginx",
    "behind nginx, and PgBouncer in transaction mode",
)
_SETS = [(1, _DIRECT), (1, _BEHIND_NGINX), (2, _BEHIND_NGINX), (3, _BEHIND_BOTH)]


def run() -> str:
    """Give each set of processes the mix, and write what they carried."""
    with filled_database() as database, TemporaryDirectory() as folder:
        file = SCENARIOS["mix"].write(people(database), Path(folder) / "mix")
        rows = [_row(database, file, count, how) for count, how in _SETS]
    return table(["Processes", "requests/s of the mix", "p50, ms", "p99, ms"], rows)


def _row(database: BenchDatabase, file: Path, count: int, how: str) -> list[str]:
    with _running(database, count, how) as port:
        loads = [_load(database, port, file) for _ in range(_TRIES + 1)][1:]
    figures = [
        median(load.requests / load.microseconds * 1e6 for load in loads),
        median(load.p50 / 1000 for load in loads),
        median(load.p99 / 1000 for load in loads),
    ]
    return [f"{count}, {how}", *(f"{figure:,.0f}" for figure in figures)]


def _load(database: BenchDatabase, port: int, file: Path) -> Load:
    database.settle()
    return run_wrk(port, file, connections=_CONNECTIONS, seconds=_SECONDS)


@contextmanager
def _running(database: BenchDatabase, count: int, how: str) -> Iterator[int]:
    """Start so many processes, and what is around them; give the port for the clients."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        folder.chmod(0o755)  # PgBouncer and nginx run as another user.
        programs, url = programs_for(folder, folder / "pooler"), database.url
        if how == _BEHIND_BOTH:
            pooler = stack.enter_context(closing(PgBouncer(folder / "pooler", programs, url)))
            url = pooler.url
        ports = [stack.enter_context(running(OURS, url)).port for _ in range(count)]
        if how == _DIRECT:
            yield ports[0]
            return
        yield stack.enter_context(closing(Nginx(folder / "nginx", programs, ports))).port
