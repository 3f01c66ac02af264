"""Exchanges of the acceptance tests, which other people's validators are given."""

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from tests.support.paths import ROOT
from tests.support.service import NO_TLS

_TAKEN = (404, 409, 412, 503)
"""Refusals of requests that the contract allows."""
_OF_THE_CONNECTION = {"host", "connection", "content-length", "accept-encoding", "accept"}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    number: int
    recorded: dict[str, Any]

    @classmethod
    def all_of(cls, path: Path) -> list[Self]:
        """Read them from a file."""
        lines = path.read_text(encoding="utf-8").splitlines()
        return [cls(number, json.loads(line)) for number, line in enumerate(lines)]

    @property
    def is_valid(self) -> bool:
        """Whether the request is one that the contract allows."""
        valid: bool = self.recorded["valid"]
        return valid

    @property
    def largest_number(self) -> int:
        """The largest number in the path."""
        path = urlsplit(self.recorded["target"]).path
        return max(map(int, re.findall(r"\d+", path)), default=0)

    def sent_to(self, client: httpx.Client) -> str:
        """Send the request, and tell what came instead of the recorded answer."""
        headers = [
            pair for pair in self.recorded["request_headers"] if pair[0] not in _OF_THE_CONNECTION
        ]
        answer = client.request(
            self.recorded["method"],
            self.recorded["target"],
            headers=[*headers, ("X-Exchange", str(self.number))],
            content=base64.b64decode(self.recorded["request_body"]),
        )
        if answer.status_code == self.recorded["status"] and "sl-violations" not in answer.headers:
            return ""
        violations = answer.headers.get("sl-violations", "")
        return f"{self}: {answer.status_code} {answer.text} {violations}"

    def __str__(self) -> str:
        """Name it as in a log."""
        return "{method} {target} {status}".format_map(self.recorded)


def record(path: Path) -> None:
    """Run the acceptance tests, and write down what they have sent and got."""
    command = [
        *(sys.executable, "-m", "pytest", "-q", "--numprocesses", "2", "--no-loadscope-reorder"),
        *("-p", "tests.system.mock.recorder", "tests/http/acceptance"),
    ]
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**inherited, "RECORDED": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    recorded = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    # The service also tolerates `HEAD`, `OPTIONS` and a slash at the end of a path.
    listed = [
        {**each, "valid": each["status"] < 400 or each["status"] in _TAKEN}
        for each in recorded
        if each["method"] not in {"HEAD", "OPTIONS"}
        and not urlsplit(each["target"]).path.endswith("/")
    ]
    path.write_text("".join(f"{json.dumps(each)}\n" for each in listed), encoding="utf-8")


def client_of(port: int) -> httpx.Client:
    """Return a client of a port of this machine."""
    return httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, verify=NO_TLS)
