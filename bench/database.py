"""PostgreSQL from the wheel, durable as users have it, with the tasks of many users."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
import psycopg2

from bench.contestants import OURS
from bench.servers import environment
from tasks_api.dev.local_postgres import LocalPostgres

READERS = 1000
TASKS_EACH = 100
KEEPERS = 20
"""Users with a long list."""
KEPT_EACH = 1000
WRITERS = 1000
"""Users to whom tasks are added, so that the lists of the others stay as long as they are."""

VISITORS = 18_980
"""Users with one task: with the readers and keepers, 20,000 who have one."""

_MAX_CONNECTIONS = 200

_ADDED_AT_ONCE = 1000
"""Tasks of each user that one statement adds: the triggers take longer, the more there are."""

_ADD_USERS = (
    "INSERT INTO users (id, email, name) "
    "SELECT %(kind)s || '-' || n, %(kind)s || n || '@example.com', initcap(%(kind)s) || ' ' || n "
    "FROM generate_series(1, %(count)s) AS n"
)
# The tasks of all users take turns in time, as they would where people add them. Every fourth
# has no description, every third is done.
_ADD_TASKS = """
    INSERT INTO tasks (user_id, title, description, completed, created_at, updated_at)
    SELECT %(kind)s || '-' || u, 'Task ' || t || ': call the plumber about the tap',
           CASE WHEN t %% 4 > 0 THEN 'It drips since Tuesday. Ask for a quote first, and whether '
                'it can be done in the morning.' END,
           t %% 3 = 0, made, made
    FROM generate_series(%(first)s, %(last)s) AS t, generate_series(1, %(count)s) AS u,
         LATERAL (SELECT timestamptz '2026-01-01' + t * interval '7 minutes 0.000123 s'
                  + u * interval '211 milliseconds' AS made) AS moment
"""


class BenchDatabase:
    """A migrated database at `url`, on a server with its data in `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        postmaster = (folder / "data" / "postmaster.pid").read_text(encoding="ascii")
        self._server = psutil.Process(int(postmaster.split()[0]))

    def execute(self, statement: str, values: Any = None) -> Sequence[tuple[Any, ...]]:
        """Run a statement outside of any transaction, and give its rows."""
        with closing(psycopg2.connect(self.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else ()

    def add(self, kind: str, *, users: int, tasks_each: int = 0) -> None:
        """Add the users `kind-1` and so on, with their tasks."""
        self.execute(_ADD_USERS, {"kind": kind, "count": users})
        for first in range(1, tasks_each + 1, _ADDED_AT_ONCE):
            last = min(first + _ADDED_AT_ONCE - 1, tasks_each)
            values = {"kind": kind, "count": users, "first": first, "last": last}
            self.execute(_ADD_TASKS, values)

    def settle(self) -> None:
        """Forget what was added, and clear up, so that every run finds the same."""
        self.execute("DELETE FROM tasks WHERE user_id LIKE 'writer-%'")
        self.execute("DELETE FROM idempotency_keys")
        self.execute("VACUUM (ANALYZE) tasks")
        self.execute("VACUUM (ANALYZE) task_lists")
        self.execute("CHECKPOINT")

    def cpu_seconds(self) -> float:
        """Give what PostgreSQL's processes have taken so far, those that have ended as well."""
        while True:
            children = self._server.children()
            try:
                total = sum(self._server.cpu_times()[:4])
                total += sum(sum(process.cpu_times()[:2]) for process in children)
            except psutil.NoSuchProcess:
                continue
            # One that has ended meanwhile would be missing, or counted twice.
            if self._server.children() == children:
                return total


@contextmanager
def _server(folder: Path) -> Iterator[LocalPostgres]:
    """Start PostgreSQL with its own settings, but with connections enough for all services.

    It vacuums between two loads, and not by itself during one.
    """
    with LocalPostgres(folder) as first, closing(psycopg2.connect(first.url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"ALTER SYSTEM SET max_connections = {_MAX_CONNECTIONS}")
        connection.cursor().execute("ALTER SYSTEM SET autovacuum = off")
    with LocalPostgres(folder) as server:
        yield server


@contextmanager
def empty_database() -> Iterator[BenchDatabase]:
    """Start PostgreSQL and migrate it, with the migrations of the checkout that is measured."""
    with TemporaryDirectory(prefix="bench-") as folder, _server(Path(folder)) as server:
        subprocess.run(
            [sys.executable, "-m", "tasks_api", "migrate"],
            cwd=folder,
            env=environment(OURS, server.url, 0),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield BenchDatabase(server.url, Path(folder))


@contextmanager
def filled_database() -> Iterator[BenchDatabase]:
    """Give a database with the users and tasks of the comparison."""
    with empty_database() as database:
        database.add("reader", users=READERS, tasks_each=TASKS_EACH)
        database.add("keeper", users=KEEPERS, tasks_each=KEPT_EACH)
        database.add("writer", users=WRITERS)
        database.add("visitor", users=VISITORS, tasks_each=1)
        database.settle()
        yield database
