"""`python -m tasks_api dev` in the hands of a newcomer: started, read, copied from, stopped."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.support.service import START_SECONDS, environment


class Development:
    """The command, running in a folder."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], output: Path) -> None:
        self._folder = folder
        self._process = process
        self._output = output

    @property
    def printed(self) -> str:
        """What it has said so far."""
        return self._output.read_text()

    @property
    def postgres(self) -> int | None:
        """The process id of its PostgreSQL, once it has one."""
        files = list(self._folder.glob(".local/postgres/**/postmaster.pid"))
        words = files[0].read_text().split() if files else []
        return int(words[0]) if words else None

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Wait until something is so, and fail where the command ends before."""
        started = time.monotonic()
        while not condition():
            assert self._process.poll() is None, self.printed
            waited = time.monotonic() - started
            assert waited < START_SECONDS, f"after {waited:.0f} s:\n{self.printed}"
            time.sleep(0.02)

    def stop(self, number: signal.Signals) -> int:
        """Send a signal, and return the exit code."""
        self._process.send_signal(number)
        return self._process.wait(timeout=30)


@contextmanager
def starting(folder: Path, **settings: str) -> Iterator[Development]:
    """Start the command in a folder, and see to it that it ends."""
    output = folder / f"output-{time.monotonic_ns()}"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tasks_api", "dev"],
            cwd=folder,
            env=environment(**settings),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Development(folder, process, output)
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def development(folder: Path, **settings: str) -> Iterator[Development]:
    """Start the command in a folder, and wait until it has said how to use it."""
    with starting(folder, **settings) as started:
        started.wait_until(lambda: "Ctrl-C" in started.printed)
        yield started


def curl_line(printed: str) -> str:
    """Return the one line to paste."""
    (line,) = [line for line in printed.splitlines() if line.startswith("curl ")]
    return line


def token_in(printed: str) -> str:
    """Return the token in that line."""
    return curl_line(printed).partition("Bearer ")[2].partition("'")[0]


def pasted(line: str) -> str:
    """Run a line as a shell does, and return what it prints."""
    done = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


def is_running(pid: int) -> bool:
    """Tell whether the process still does anything."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
