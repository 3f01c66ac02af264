"""The service as its users meet it: a process of its own, on a port of its own."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.paths import ROOT

SECRET = "wJ8rXq2mZt5vKc9yBn4hLd7sGf3pAe6u"
AUDIENCE = "https://app.example.com"
START_SECONDS = 60.0
"""For a process to start. A busy machine is slow, and no failure."""

SERVE = ("-m", "tasks_api", "serve")
FRONTEND = "https://app.example.com"
URL = "postgresql://alice:pa55word@db.example.com/tasks"
NOWHERE = "postgresql://alice:pa55word@127.0.0.1:1/tasks"
NO_SECRET = "missing; set it to the secret of the Better Auth server, at least 32 bytes"
ORIGINS = (
    "https://app.example.com, http://localhost:3000/, tauri://localhost, https://*-team.vercel.app"
)

# Nothing here speaks TLS, and for its own context httpx reads all certificates: 40 ms a client.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Service:
    """A running service."""

    url: str
    database_url: str
    process: subprocess.Popen[bytes]
    log: Path


@contextmanager
def running_service(
    folder: Path, database_url: str, *, program: Sequence[str] = SERVE, **settings: str
) -> Iterator[Service]:
    """Start `tasks-api serve` in `folder`, wait until it answers, and stop it at the end."""
    port = int(settings.get("PORT", free_port()))
    given = {"DATABASE_URL": database_url, "BETTER_AUTH_SECRET": SECRET, "PORT": str(port)}
    log = folder / f"service-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *program],
            cwd=folder,
            env=environment(**{**given, **settings}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        host = settings.get("HOST", "127.0.0.1")
        url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        wait_until_alive(url, process, log)
        yield Service(url, database_url, process, log)
    finally:
        process.terminate()
        process.wait(timeout=15)


def environment(**settings: str) -> dict[str, str]:
    """Return what a process needs to find Python and this checkout, and these settings only."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), **settings}


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_alive(url: str, process: subprocess.Popen[Any], log: Path | None = None) -> None:
    """Wait until the service answers; fail if it ends, or takes more than `START_SECONDS`."""
    started = time.monotonic()
    while process.poll() is None and time.monotonic() < started + START_SECONDS:
        try:
            httpx.get(f"{url}/livez", timeout=START_SECONDS, verify=NO_TLS)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    waited = time.monotonic() - started
    output = log.read_text(errors="replace") if log else "(its output is above)"
    message = (
        f"the service did not answer within {waited:.0f} s; status {process.poll()}:\n{output}"
    )
    raise AssertionError(message)
