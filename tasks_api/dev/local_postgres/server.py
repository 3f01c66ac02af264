"""LocalPostgres: a PostgreSQL that runs for as long as a `with` block."""

import fcntl
from contextlib import ExitStack, closing
from pathlib import Path
from subprocess import SubprocessError
from types import TracebackType
from typing import Self

import psycopg2

from tasks_api.dev.local_postgres.cluster import Cluster
from tasks_api.dev.local_postgres.errors import LocalPostgresError
from tasks_api.dev.local_postgres.process import (
    free_port,
    start,
    stop,
    stop_orphan,
    wait_until_ready,
)

_DATABASE = "tasks"


class LocalPostgres:
    """A real PostgreSQL with its data in `folder`, which is made on first use and then kept.

    It listens on 127.0.0.1 alone, on `port` or else on a free one, and asks for a password that is
    made once. `fsync=False` is for data that may be lost: it writes faster, and a crash of the
    machine ruins the data. Entering raises LocalPostgresError, also when `folder` is in use by
    another LocalPostgres; a server that a killed one left behind is stopped first.
    """

    def __init__(self, folder: Path, *, port: int | None = None, fsync: bool = True) -> None:
        self._folder = folder
        self._port = port
        self._fsync = fsync
        self._cleanup = ExitStack()
        self._server = ""

    @property
    def url(self) -> str:
        """The address of the database `tasks`, which exists inside the `with` block."""
        return f"{self._server}/{_DATABASE}"

    def __enter__(self) -> Self:
        """Start the server and return when it answers."""
        with ExitStack() as cleanup:
            try:
                self._open(cleanup)
            except PermissionError as error:
                raise LocalPostgresError(self._foreign(error)) from error
            except (OSError, SubprocessError, psycopg2.Error) as error:
                reason = " ".join(str(error).split())
                message = f"PostgreSQL cannot use {self._folder}: {reason}"
                raise LocalPostgresError(message) from error
            self._cleanup = cleanup.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server; its data is on the disk on return."""
        self._cleanup.close()

    def _open(self, cleanup: ExitStack) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._lock(cleanup)
        cluster = Cluster(self._folder)
        cluster.prepare(fsync=self._fsync)
        stop_orphan(cluster)
        port = free_port(self._port)
        self._server = f"postgresql://postgres:{cluster.password}@127.0.0.1:{port}"
        process = start(cluster, port, fsync=self._fsync)
        cleanup.callback(process.wait)
        cleanup.callback(stop, process.pid)
        wait_until_ready(cluster, process, f"{self._server}/postgres")
        self._create_database()

    def _lock(self, cleanup: ExitStack) -> None:
        # The kernel frees this lock however the process ends, and PostgreSQL does not inherit it.
        lock = cleanup.enter_context((self._folder / "lock").open("ab"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"Another program is using {self._folder}: stop the other `make run` first."
            raise LocalPostgresError(message) from error

    def _foreign(self, error: PermissionError) -> str:
        where = error.filename or self._folder
        return f"{where} belongs to another user: run as that user, or remove {self._folder}."

    def _create_database(self) -> None:
        with closing(psycopg2.connect(f"{self._server}/postgres", sslmode="disable")) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [_DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {_DATABASE}")
