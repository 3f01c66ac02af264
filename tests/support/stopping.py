"""A service that is asked to stop, and the connections that it has by then."""

import re
import signal
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import orjson

from tests.support.api import token_of
from tests.support.raw import Answer, request
from tests.support.service import Service

JSON = "Content-Type: application/json"
LIVEZ = request("GET /livez")
# Signed when this is imported, and used long after.
TOKEN = token_of("alice", exp=int(time.time()) + 86_400)
LIST = request("GET /api/tasks", token=TOKEN)
POST = request("POST /api/tasks", JSON, token=TOKEN, body=orjson.dumps({"title": "Buy milk"}))


def connected_to(service: Service) -> socket.socket:
    """Connect, and do not wait for ever for an answer."""
    address = urlsplit(service.url)
    return socket.create_connection((address.hostname, address.port), timeout=60)


def stop(service: Service, number: signal.Signals = signal.SIGTERM) -> None:
    """Send the signal, and return when the service has begun to stop."""
    service.process.send_signal(number)
    give_up = time.monotonic() + 30
    while '"event":"stopping"' not in service.log.read_text() and time.monotonic() < give_up:
        time.sleep(0.01)


def ended(service: Service, since: float) -> tuple[int, float]:
    """Wait for the end; return the exit code, and the seconds since a time."""
    return service.process.wait(timeout=60), time.monotonic() - since


def answers(connection: socket.socket) -> list[Answer]:
    """Read until the service closes the connection. A reset is an error."""
    received = b"".join(iter(lambda: connection.recv(65536), b""))
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        fields = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in fields}
        length = int(headers.get("content-length", 0))
        found.append(Answer(int(status.split()[1]), headers, rest[:length]))
        received = rest[length:]
    return found


def is_refused(connection: socket.socket) -> bool:
    """Read the one answer, and tell whether it says in the contract's shape to come again."""
    (answer,) = answers(connection)
    expected = {"retry-after": "1", "connection": "close", "content-type": "application/json"}
    return (
        answer.status == 503
        and orjson.loads(answer.body)["error"]["code"] == "SERVICE_UNAVAILABLE"
        and expected.items() <= answer.headers.items()
    )


def handles_sigterm(pid: int) -> bool:
    """Tell whether a process is past the first moments of Python, in which any signal ends it."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(re.findall(r"SigCgt:\s+(\w+)", status)[0], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)
