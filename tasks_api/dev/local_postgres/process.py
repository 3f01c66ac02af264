"""The PostgreSQL process: started, awaited, found again, stopped."""

import re
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg2

from tasks_api.dev.local_postgres.cluster import Cluster
from tasks_api.dev.local_postgres.errors import LocalPostgresError
from tasks_api.dev.local_postgres.programs import ENVIRONMENT

_START_SECONDS = 60
# Fast shutdown, then immediate shutdown, then the end: each signal with the seconds it is given.
_STOP_SIGNALS = ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
_REFUSED = "password authentication failed"
_THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def free_port(wanted: int | None) -> int:
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


def stop_orphan(cluster: Cluster) -> None:
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
