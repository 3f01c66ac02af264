"""The PostgreSQL of the suite: real, crash-safe, small, and at the mercy of the faults."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from persistence.migrate import migrate
from tasks_api.dev.local_postgres.cluster import Cluster
from tasks_api.dev.local_postgres.server import start, stop, wait_until_ready
from tests.support.database import query
from tests.system.faults.ports import lasting_port

ROLE, PASSWORD = "tasks", "b7Kc2mWq9xTz4nRv"
DATABASE = "tasks"
CONNECTIONS = 50
_KEPT_FOR_THE_SUPERUSER = 15
OURS = "faults"
"""The application_name of what the suite asks on its own behalf."""

_STOP_SECONDS = 60
_OPTIONS = f"connect_timeout=5&application_name={OURS}&options=-c%20statement_timeout%3D10s"


class Postgres:
    """A server on the data in `folder`, with a migrated database that an ordinary role owns."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.cluster = Cluster(folder)
        self.cluster.prepare(fsync=True)
        with (self.cluster.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"max_connections = {CONNECTIONS}\n")
            settings.write(f"superuser_reserved_connections = {_KEPT_FOR_THE_SUPERUSER}\n")
        self.port = lasting_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        self.ask(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'", database="postgres")
        self.ask(f"CREATE DATABASE {DATABASE} OWNER {ROLE}", database="postgres")
        migrate(self.url)

    @property
    def url(self) -> str:
        """What the service gets as DATABASE_URL."""
        return url_at(self.port)

    @property
    def pid(self) -> int:
        """The process id of the postmaster."""
        assert self._process is not None
        return self._process.pid

    def ask(
        self, statement: str, *values: object, database: str = DATABASE
    ) -> Sequence[tuple[Any, ...]]:
        """Run a statement as the superuser, for whom PostgreSQL keeps connections. It must work."""
        url = f"postgresql://postgres:{self.cluster.password}@127.0.0.1:{self.port}/{database}"
        return query(f"{url}?{_OPTIONS}", statement, *values)

    def start(self) -> float:
        """Start the server, and give the moment from which on it accepts connections."""
        self._process = start(self.cluster, self.port, fsync=True)
        return self.wait_until_ready()

    def wait_until_ready(self) -> float:
        """Wait until the server accepts connections, and give the moment."""
        assert self._process is not None
        url = f"postgresql://postgres:{self.cluster.password}@127.0.0.1:{self.port}/postgres"
        wait_until_ready(self.cluster, self._process, url)
        return time.monotonic()

    def stop(self, how: signal.Signals) -> None:
        """Stop the server: SIGINT is a fast shutdown, SIGQUIT an immediate one, like a crash."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(_STOP_SECONDS)

    def close(self) -> None:
        """Stop the server for good, if it runs."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for each in [psutil.Process(self.pid), *psutil.Process(self.pid).children()]:
                    each.resume()
            stop(self.pid)
            self._process.wait(_STOP_SECONDS)

    def sessions(self, *, busy: bool = False) -> list[int]:
        """Give the process ids of all sessions on the database that are not the suite's own.

        Where `busy`, of those alone that are in a transaction.
        """
        found = self.ask(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name <> %s"
            " AND backend_type = 'client backend' AND (state <> 'idle' OR NOT %s)",
            DATABASE,
            OURS,
            busy,
        )
        return [pid for (pid,) in found]

    def terminate_sessions(self) -> int:
        """Terminate those sessions, and give their number."""
        found = self.ask(
            "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND application_name <> %s AND backend_type = 'client backend'",
            DATABASE,
            OURS,
        )
        return int(found[0][0])

    def started_at(self) -> Any:
        """Tell one start of the server from another."""
        return self.ask("SELECT pg_postmaster_start_time()")[0][0]


def url_at(port: int) -> str:
    """Return the URL of the database on a port, in the name of the service."""
    return f"postgresql://{ROLE}:{PASSWORD}@127.0.0.1:{port}/{DATABASE}"
