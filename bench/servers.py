"""Services as processes: started, awaited, measured, stopped."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from bench.contestants import Contestant
from bench.tokens import SECRET

_START_SECONDS = 30.0
_STOP_SECONDS = 15.0
_OK = 200


@dataclass(frozen=True)
class Server:
    """A contestant that answers on `port` of 127.0.0.1."""

    contestant: Contestant
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """Give what its process and children have taken so far, user and system together."""
        return sum(sum(each.cpu_times()[:2]) for each in self._every_process())

    def memory(self, field: str = "VmHWM") -> int:
        """Give the bytes of a field of Linux's /proc: the peak, or with `VmRSS` what is now."""
        return sum(_memory_of(each.pid, field) for each in self._every_process())

    def _every_process(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def _memory_of(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    (kilobytes,) = (x.split()[1] for x in status.splitlines() if x.startswith(f"{field}:"))
    return int(kilobytes) * 1024


@contextmanager
def running(
    contestant: Contestant, database_url: str, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a contestant, wait until it answers, and stop it at the end.

    It runs in an empty folder, so that no `.env` has a say; what it prints is thrown away, except
    for complaints. `settings` are added to its environment.
    """
    port = free_port()
    with TemporaryDirectory() as folder:
        process = subprocess.Popen(
            contestant.command(port),
            cwd=folder,
            env=environment(contestant, database_url, port) | dict(settings or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(Path(folder) / "complaints").open("wb"),
        )
        try:
            _wait_until_alive(contestant, port, process, Path(folder) / "complaints")
            yield Server(contestant, port, psutil.Process(process.pid))
        finally:
            _stop(process)


def environment(contestant: Contestant, database_url: str, port: int) -> dict[str, str]:
    """Give what every contestant is told, and what a process needs to find its code."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # What the Dockerfile sets; the other services profit from it as well.
    kept |= {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}
    return kept | {
        "PYTHONPATH": str(contestant.folder),
        "DATABASE_URL": contestant.database_url(database_url),
        "BETTER_AUTH_SECRET": SECRET,
        "PORT": str(port),
        "NODE_ENV": "production",
    }


def free_port() -> int:
    """Give a port of 127.0.0.1 that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_open(port: int) -> None:
    """Return when somebody listens on a port of 127.0.0.1; TimeoutError after some seconds."""
    give_up = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    message = f"Nothing listened on port {port} within {_START_SECONDS:.0f} s"
    raise TimeoutError(message)


def is_alive(port: int) -> bool:
    """Tell whether `GET /livez` is a 200."""
    connection = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == _OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until_alive(
    contestant: Contestant, port: int, process: subprocess.Popen[bytes], complaints: Path
) -> None:
    started = time.monotonic()
    while process.poll() is None and time.monotonic() < started + _START_SECONDS:
        if is_alive(port):
            return
        time.sleep(0.02)
    waited = time.monotonic() - started
    output = complaints.read_text(encoding="utf-8")
    message = f"{contestant.title} did not start within {waited:.0f} s:\n{output}"
    raise RuntimeError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
