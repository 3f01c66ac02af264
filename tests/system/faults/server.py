"""The service as a process on a port that stays the same, however often it is started."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.service import SECRET, environment, wait_until_alive
from tests.system.faults.ports import lasting_port

_OWN = r'"(?:time|duration_ms|request_id|trace_id|user)":[^,]+,'

STOP_SECONDS = 10.0
"""From SIGTERM to the end of the process."""


class Server:
    """`tasks-api serve` on the database of `url`, with its default settings but for those given."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.port = lasting_port()
        self.log = folder / "service.log"
        self._folder = folder
        self._settings = {
            "DATABASE_URL": url,
            "BETTER_AUTH_SECRET": SECRET,
            "PORT": str(self.port),
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self, **settings: str) -> float:
        """Start it, from now on with these settings too, and give the moment when it answers."""
        self._settings |= settings
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tasks_api", "serve"],
                cwd=self._folder,
                env=environment(**self._settings),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until_alive(f"http://127.0.0.1:{self.port}", self._process, self.log)
        return time.monotonic()

    def stop(self) -> str:
        """Stop it with SIGTERM, and say what was wrong with how it ended."""
        assert self._process is not None
        self._process.terminate()
        began = time.monotonic()
        try:
            status = self._process.wait(2 * STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"the service did not end in {2 * STOP_SECONDS:.0f} s of SIGTERM"
        seconds = time.monotonic() - began
        if status or seconds > STOP_SECONDS:
            return f"the service ended with status {status}, {seconds:.1f} s after SIGTERM"
        return ""

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)

    def close(self) -> None:
        """End it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def errors(self) -> list[str]:
        """Return the lines of the log that tell of a bug, the first of each kind."""
        lines = self.log.read_text(errors="replace").splitlines()
        marks = ('"level":"error"', "Traceback")
        told = (line for line in lines if any(mark in line for mark in marks))
        return list({re.sub(_OWN, "", line): line for line in told}.values())
