"""How long one user waits: the times of NF-001 in docs/requirements.md."""

import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from statistics import median
from typing import Any

from bench.tokens import token_of

# In seconds, under normal load.
ALLOWED = {"creating": 0.5, "listing 100": 0.2, "updating": 0.3, "deleting": 0.3}

_USER = "writer-1"
_TASKS = 100
_TIMES = 20
_FAILED = 400


class _Caller:
    """One user on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {
            "Authorization": f"Bearer {token_of(_USER)}",
            "Content-Type": "application/json",
        }

    def send(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        """Send a request, and give what comes back."""
        content = None if body is None else json.dumps(body)
        self._connection.request(method, path, content, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        if response.status >= _FAILED:
            message = f"{method} {path}: {response.status} {text!r}"
            raise RuntimeError(message)
        return json.loads(text)["data"] if text else None

    def create(self) -> int:
        """Add a task, and give its id."""
        created: int = self.send("POST", "/api/tasks", {"title": "Buy milk"})["id"]
        return created


def too_long(port: int) -> list[str]:
    """Ask this service on a port, and say in a line each which medians are over their times."""
    caller = _Caller(port)
    ids = [caller.create() for _ in range(_TASKS)]
    acts: dict[str, Callable[[], object]] = {
        "listing 100": lambda: caller.send("GET", "/api/tasks"),
        "creating": caller.create,
        "updating": lambda: caller.send("PUT", f"/api/tasks/{ids[0]}", {"title": "Buy oats"}),
        "deleting": lambda: caller.send("DELETE", f"/api/tasks/{ids.pop()}"),
    }
    medians = {name: median(_seconds(act) for _ in range(_TIMES)) for name, act in acts.items()}
    return [
        f"{name} takes {seconds:.3f} s, where {ALLOWED[name]} s are allowed (NF-001)"
        for name, seconds in medians.items()
        if seconds > ALLOWED[name]
    ]


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
