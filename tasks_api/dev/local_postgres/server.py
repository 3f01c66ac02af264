"""LocalPostgres: a PostgreSQL that runs for as long as a `with` block."""

import fcntl
import re
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from subprocess import SubprocessError
from types import TracebackType
from typing import Self

import psycopg2

from tasks_api.dev.local_postgres.cluster import ENVIRONMENT, Cluster, LocalPostgresError

_DATABASE = "tasks"
_START_SECONDS = 60
# Fast shutdown, then immediate shutdown, then the end: each signal with the seconds it is given.
_STOP_SIGNALS = ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
_REFUSED = "password authentication failed"
_THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


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
        _stop_orphan(cluster)
        port = _free_port(self._port)
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


def _free_port(wanted: int | None) -> int:
    """Give the wanted TCP port of 127.0.0.1, or any, that nobody listens on at this moment."""
    try:
        with socket.create_server(("127.0.0.1", wanted or 0)) as probe:
            port: int = probe.getsockname()[1]
            return port
    except OSError as error:
        message = f"Port {wanted} of 127.0.0.1 is not free for PostgreSQL: {error.strerror}."
        raise LocalPostgresError(message) from error


def start(cluster: Cluster, port: int, *, fsync: bool) -> subprocess.Popen[bytes]:
    """Start PostgreSQL on 127.0.0.1 alone, out of reach of the terminal's Ctrl-C."""
    settings = [
        "listen_addresses=127.0.0.1",
        f"port={port}",
        "unix_socket_directories=",
        "timezone=UTC",
        "log_timezone=UTC",
        *(() if fsync else _THROW_AWAY),
    ]
    options = [part for setting in settings for part in ("-c", setting)]
    with cluster.log.open("wb") as log:
        return subprocess.Popen(
            cluster.programs.command("postgres", "-D", str(cluster.data), *options),
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def wait_until_ready(cluster: Cluster, process: subprocess.Popen[bytes], url: str) -> None:
    """Return when `url` answers; LocalPostgresError when the process ends or a minute passes."""
    deadline = time.monotonic() + _START_SECONDS
    reason = "no answer"
    while time.monotonic() < deadline and process.poll() is None and _REFUSED not in reason:
        try:
            psycopg2.connect(url, connect_timeout=3, sslmode="disable").close()
        except psycopg2.OperationalError as error:
            reason = " ".join(str(error).split())
            time.sleep(0.02)
        else:
            return
    if process.poll() is not None:
        reason = cluster.last_words()
    message = f"PostgreSQL does not start: {reason} (see {cluster.log})"
    raise LocalPostgresError(message)


def stop(pid: int) -> None:
    """Stop the PostgreSQL with this process id, gently at first; it has ended on return."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for how, patience in _STOP_SIGNALS:
            process.send_signal(how)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline:
                if process.status() == psutil.STATUS_ZOMBIE:
                    return
                time.sleep(0.02)


def _stop_orphan(cluster: Cluster) -> None:
    """Stop what an earlier run, killed before it could clean up, left running on this data."""
    import psutil

    lock_file = cluster.data / "postmaster.pid"
    pid = _first_number(lock_file)
    if pid is None or not psutil.pid_exists(pid):
        return
    with suppress(psutil.Error):
        if str(cluster.data) in psutil.Process(pid).cmdline():
            stop(pid)
    # PostgreSQL believes that the file is in force for as long as the id is taken, be it by another
    # program since or by a dead process that nobody has collected. Should a server run on this data
    # after all, the new one sees its shared memory and refuses to start.
    lock_file.unlink(missing_ok=True)


def _first_number(file: Path) -> int | None:
    found = re.match(r"\d+", file.read_text(encoding="utf-8")) if file.exists() else None
    return int(found[0]) if found else None
