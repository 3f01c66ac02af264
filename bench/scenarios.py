"""What is asked: each scenario is a file of whole HTTP requests, the same for everybody."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.database import BenchDatabase
from bench.tokens import token_of

_SEED = 20260131
_TASKS_PER_USER = 5
_BODY = {
    "title": "Call the plumber about the kitchen tap",
    "description": "It drips since Tuesday. Ask for a quote first.",
}
# Of a hundred requests of the mix; of its writes, a third of each.
_MIX = {"list-100": 70, "get": 15, "post": 5, "put": 5, "patch": 5}


class Person(NamedTuple):
    """A user with a token and some of their tasks."""

    token: str
    task_ids: tuple[int, ...]

    def request(self, method: str, path: str, body: Mapping[str, object] | None = None) -> bytes:
        """Write a request as a browser's `fetch` would send it, without what only browsers add."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Accept: */*",
            f"Authorization: Bearer {self.token}",
        ]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True)
class People:
    """Everybody who asks."""

    readers: list[Person]
    keepers: list[Person]
    writers: list[Person]


def people(database: BenchDatabase) -> People:
    """Read who is there, and some of the tasks of each, by chance but the same each time."""
    some = "SELECT id FROM tasks WHERE user_id = users.id ORDER BY md5(id::text) LIMIT %s"
    rows = database.execute(
        f"SELECT id, ARRAY({some}) FROM users WHERE id NOT LIKE 'filler-%%' ORDER BY id",
        [_TASKS_PER_USER],
    )

    def group(kind: str) -> list[Person]:
        return [Person(token_of(name), tuple(ids)) for name, ids in rows if name.startswith(kind)]

    return People(group("reader-"), group("keeper-"), group("writer-"))


def _lists(persons: list[Person]) -> list[bytes]:
    return [person.request("GET", "/api/tasks") for person in persons]


def _on_tasks(
    people: People, method: str, suffix: str = "", body: Mapping[str, object] | None = None
) -> list[bytes]:
    return [
        person.request(method, f"/api/tasks/{task_id}{suffix}", body)
        for person in people.readers
        for task_id in person.task_ids
    ]


def _mixed(people: People) -> list[bytes]:
    drawn = random.Random(_SEED)  # noqa: S311 - the draw is to be the same each time.
    return [
        request
        for name, share in _MIX.items()
        for request in drawn.choices(SCENARIOS[name].requests(people), k=50 * share)
    ]


class Scenario(NamedTuple):
    """One kind of load."""

    title: str
    requests: Callable[[People], list[bytes]]
    patience: int = 1
    """How many times longer than others it runs: it has fewer answers, or its p99 counts."""
    is_compared: bool = True
    """Whether all services give the same answer to its requests."""

    def write(self, people: People, file: Path) -> Path:
        """Write its requests to a file, in an order that is the same each time."""
        requests = self.requests(people)
        random.Random(_SEED).shuffle(requests)  # noqa: S311 - as above.
        file.write_bytes(b"\0".join(requests))
        return file


SCENARIOS = {
    "get": Scenario("GET one", lambda p: _on_tasks(p, "GET")),
    "list-100": Scenario("list of 100", lambda p: _lists(p.readers)),
    "list-1000": Scenario("list of 1,000", lambda p: _lists(p.keepers), patience=3),
    "post": Scenario("POST", lambda p: [w.request("POST", "/api/tasks", _BODY) for w in p.writers]),
    "put": Scenario("PUT", lambda p: _on_tasks(p, "PUT", body=_BODY)),
    "patch": Scenario("PATCH", lambda p: _on_tasks(p, "PATCH", "/complete")),
    "mix": Scenario("mix", _mixed, patience=3, is_compared=False),
}
