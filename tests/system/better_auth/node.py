"""Better Auth as it is published, in a process of Node.js."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.paths import ROOT
from tests.support.service import SECRET, environment

FOLDER = Path(__file__).resolve().parent


class Migration(NamedTuple):
    """What Better Auth's migration did."""

    created: list[str]
    added: list[str]
    warnings: list[str]


class BetterAuth:
    """Better Auth, in as many set-ups as are asked for; they end with the process.

    `users` is the name of its table, and `ids` the kind of its ids: text, uuid or serial. What it
    refuses is an AssertionError with its message.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def versions(self) -> dict[str, str]:
        """Give the versions of what is at work."""
        versions: dict[str, str] = self._ask("versions")
        return versions

    def migrate(self, database_url: str, *, users: str = "users", ids: str = "text") -> Migration:
        """Bring a database to the schema that Better Auth wants."""
        return Migration(**self._ask("migrate", databaseUrl=database_url, users=users, ids=ids))

    def serve(self, set_up: str, database_url: str, *, secret: str = SECRET, **options: str) -> str:
        """Start a set-up of `set-ups.mjs` on a port of its own; give its base URL."""
        url: str = self._ask(
            "serve",
            setUp=set_up,
            databaseUrl=database_url,
            secret=secret,
            **{"users": "users", **options},
        )
        return url

    def call(self, url: str, token: str, *calls: Sequence[object]) -> list[dict[str, Any]]:
        """Call methods of the client that is written by hand, each with its arguments."""
        outcomes: list[dict[str, Any]] = self._ask("call", url=url, token=token, calls=calls)
        return outcomes

    def run_documented_client(self, url: str, better_auth: str, cookies: str) -> dict[str, Any]:
        """Run the client of docs/clients.md in a user's browser; return the task that it adds."""
        task: dict[str, Any] = self._ask(
            "documentedTasks", url=url, betterAuth=better_auth, cookie=cookies
        )
        return task

    def _ask(self, action: str, **options: object) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"action": action, **options}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline() or '{"error": "Node.js has ended"}')
        assert "error" not in answer, answer["error"]
        return answer["result"]


def node() -> str:
    """Give the path of Node.js, with the packages of this folder installed."""
    script = [str(ROOT / "scripts" / "npm-ci.sh"), str(FOLDER), sys.executable]
    # The workers of a first run must not install at the same time.
    with (Path(sys.prefix) / "npm-ci.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = subprocess.run(script, capture_output=True, text=True, timeout=150, check=False)
    if outcome.returncode:
        pytest.fail(outcome.stderr.strip(), pytrace=False)
    return outcome.stdout.strip()


@contextmanager
def running_better_auth() -> Iterator[BetterAuth]:
    """Start the process; at the end its input is closed, which ends it."""
    process = subprocess.Popen(
        [node(), "--disable-warning=ExperimentalWarning", str(FOLDER / "process.mjs")],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield BetterAuth(process)
    finally:
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
