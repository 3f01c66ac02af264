"""Load, made by wrk."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

_SCRIPT = Path(__file__).with_name("wrk") / "replay.lua"
_TIMEOUT_SECONDS = 20
"""For one answer."""


class LoadError(Exception):
    """The load could not be made, or was not answered."""


class Load(NamedTuple):
    """What came of the requests of one run; times in microseconds.

    `failed` counts those without an answer, `refused` those with a status of 400 or more.
    """

    requests: int
    microseconds: int
    bytes: int
    p50: int
    p99: int
    failed: int
    refused: int


def find_wrk() -> str:
    """Give the path of wrk; LoadError where it is not installed."""
    found = shutil.which("wrk")
    if found is None:
        message = "wrk is not installed, which makes the load: apt-get install wrk"
        raise LoadError(message)
    return found


def run_wrk(
    port: int, requests: Path, *, connections: int, seconds: int, are_refused: bool = False
) -> Load:
    """Send the requests over so many connections, each the next one when it has its answer.

    Raises:
        LoadError: A request was not answered with success, or where they `are_refused`, with it.
    """
    command = [
        *(find_wrk(), "--threads", "1", "--connections", str(connections)),
        *("--duration", f"{seconds}s", "--timeout", f"{_TIMEOUT_SECONDS}s"),
        *("--script", str(_SCRIPT), f"http://127.0.0.1:{port}", "--", str(requests)),
    ]
    patience = seconds + 2 * _TIMEOUT_SECONDS
    done = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    if done.returncode:
        message = f"wrk failed: {done.stderr.strip() or done.stdout.strip()}"
        raise LoadError(message)
    load = Load(**json.loads(done.stdout.strip().splitlines()[-1]))
    wrong = load.failed + abs(load.refused - are_refused * load.requests)
    if wrong or not load.requests:
        message = f"{wrong} of {load.requests} requests of {requests.name} failed on port {port}"
        raise LoadError(message)
    return load
