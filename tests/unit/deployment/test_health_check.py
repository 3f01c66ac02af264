"""The health check of the image finds the service, however HOST and PORT are written."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.support.paths import ROOT
from tests.support.service import environment, free_port

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "")
(HEALTH_CHECK,) = re.findall(r"^HEALTHCHECK .*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)


class Alive(BaseHTTPRequestHandler):
    """Answers as the service does that is alive."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log nothing."""


class Server(ThreadingHTTPServer):
    """Listens on all addresses of both families."""

    address_family = socket.AF_INET6


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Give the port of what is alive, on all addresses."""
    with Server(("::", 0), Alive) as server:
        Thread(target=server.serve_forever).start()
        yield server.server_port
        server.shutdown()


def status_with(**settings: str) -> int:
    _, *arguments = json.loads(HEALTH_CHECK)
    process = subprocess.run(
        [sys.executable, *arguments],
        env=environment(**settings),
        capture_output=True,
        timeout=60,
        check=False,
    )
    return process.returncode


@pytest.mark.parametrize(
    ("host", "written"),
    [
        ("0.0.0.0", "{}"),  # noqa: S104 -- it is connected to.
        ("127.0.0.1", '"{}"'),
        ("127.0.0.1", "'{}'"),
        ("127.0.0.1", " {} "),
        ("127.0.0.1", '"{}"\r'),
        ("", "{}"),
        ('""', "{}"),
        ("::", "{}"),
        ("[::]", "{}"),
    ],
)
def test_it_finds_the_service_as_the_settings_are_read(port: int, host: str, written: str) -> None:
    assert status_with(HOST=written.format(host), PORT=written.format(port)) == 0


def test_without_a_service_it_fails() -> None:
    assert status_with(HOST="127.0.0.1", PORT=str(free_port())) == 1
