"""What is asked: each scenario is a file of whole HTTP requests, the same for everybody."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.database import BenchDatabase
from bench.tokens import token_of
from handlers.entity_tags import tag_of_list
from persistence.models import TaskList

_SEED = 20260131
_FIRST_REFUSAL = 400
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
    list_version: int | None
    """The version of their list when the users were read."""

    def request(
        self, method: str, path: str, body: Mapping[str, object] | None = None, header: str = ""
    ) -> bytes:
        """Write a request as a browser's `fetch` would send it, without what only browsers add."""
        content = b"" if body is None else json.dumps(body).encode()
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            "Accept: */*",
            f"Authorization: Bearer {self.token}",
        ]
        if header:
            lines.append(header)
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True)
class People:
    """Everybody who asks."""

    readers: list[Person]
    keepers: list[Person]
    writers: list[Person]
    visitors: list[Person]


def people(database: BenchDatabase) -> People:
    """Read who is there, and some of the tasks of each, by chance but the same each time."""
    some = "SELECT id FROM tasks WHERE user_id = users.id ORDER BY md5(id::text) LIMIT %s"
    rows = database.execute(
        f"SELECT id, ARRAY({some}), version FROM users LEFT JOIN task_lists ON user_id = id "
        "WHERE id NOT LIKE 'filler-%%' ORDER BY id",
        [_TASKS_PER_USER],
    )

    def group(kind: str) -> list[Person]:
        return [
            Person(token_of(name), tuple(ids), version)
            for name, ids, version in rows
            if name.startswith(kind)
        ]

    return People(group("reader-"), group("keeper-"), group("writer-"), group("visitor-"))


def _lists(persons: list[Person]) -> list[bytes]:
    return [person.request("GET", "/api/tasks") for person in persons]


def _on_tasks(
    people: People,
    method: str,
    suffix: str = "",
    body: Mapping[str, object] | None = None,
    header: str = "",
) -> list[bytes]:
    return [
        person.request(method, f"/api/tasks/{task_id}{suffix}", body, header)
        for person in people.readers
        for task_id in person.task_ids
    ]


def _changed_lists(people: People) -> list[bytes]:
    """Change a task of each user, and half a round later ask for the list: it is always new."""
    half = len(people.readers) // 2
    later = [*people.readers[half:], *people.readers[:half]]
    return [
        request
        for one, other in zip(people.readers, later, strict=True)
        for request in (
            one.request("PATCH", f"/api/tasks/{one.task_ids[0]}/complete"),
            other.request("GET", "/api/tasks"),
        )
    ]


def _known_lists(people: People) -> list[bytes]:
    return [
        keeper.request("GET", "/api/tasks", header=f"If-None-Match: {_tag_of_list(keeper)}")
        for keeper in people.keepers
    ]


def _tag_of_list(person: Person) -> str:
    return tag_of_list(TaskList(person.list_version, None))


def _added(people: People, body: Mapping[str, object] = _BODY, header: str = "") -> list[bytes]:
    return [writer.request("POST", "/api/tasks", body, header) for writer in people.writers]


def _forged(people: People) -> list[bytes]:
    forgers = [each._replace(token=each.token[:-4] + "AAAA") for each in people.readers]
    return [each.request("GET", f"/api/tasks/{each.task_ids[0]}") for each in forgers]


def _of_another_user(people: People) -> list[bytes]:
    return [
        writer.request("GET", f"/api/tasks/{reader.task_ids[0]}")
        for writer, reader in zip(people.writers, people.readers, strict=True)
    ]


def _by_everybody(people: People) -> list[bytes]:
    """Ask for a task of each of the 20,000 users who have one."""
    owners = (*people.readers, *people.keepers, *people.visitors)
    return [each.request("GET", f"/api/tasks/{each.task_ids[0]}") for each in owners]


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
    is_in_order: bool = False
    """Whether the order of its requests counts."""
    status: int | None = None
    """The status of each answer; None for any success."""
    only: Sequence[str] = ()
    """The names of the services that have what it asks for, or none for all of them."""
    is_warmed_up: bool = False
    """Whether it runs once more before it is measured, so that memories are full."""

    @property
    def are_refused(self) -> bool:
        """Whether every request is refused."""
        return self.status is not None and self.status >= _FIRST_REFUSAL

    def write(self, people: People, file: Path) -> Path:
        """Write its requests to a file, in an order that is the same each time."""
        requests = self.requests(people)
        if not self.is_in_order:
            random.Random(_SEED).shuffle(requests)  # noqa: S311 - as above.
        file.write_bytes(b"\0".join(requests))
        return file


_WITH_VALIDATION = ("ours", "usual", "async", "blacksheep", "fastify", "bun", "go")
_WITH_MEMORY = ("ours", "async", "blacksheep", "fastify", "bun", "go", "floor")
_OLD = 'If-Match: "2020-01-01T00:00:00Z"'
_KEY = "Idempotency-Key: bench-{serial}"

COMPARED = {
    "get": Scenario("GET one", lambda p: _on_tasks(p, "GET")),
    "list-100": Scenario("list of 100", lambda p: _lists(p.readers)),
    "list-1000": Scenario("list of 1,000", lambda p: _lists(p.keepers), patience=3),
    "list-changed": Scenario(
        "PATCH and changed list of 100",
        _changed_lists,
        patience=3,
        is_compared=False,
        is_in_order=True,
        is_warmed_up=True,
    ),
    "post": Scenario("POST", _added),
    "put": Scenario("PUT", lambda p: _on_tasks(p, "PUT", body=_BODY)),
    "patch": Scenario("PATCH", lambda p: _on_tasks(p, "PATCH", "/complete")),
    "mix": Scenario("mix", _mixed, patience=3, is_compared=False),
}
"""What every service does."""

FURTHER = {
    "get-20000": Scenario(
        "GET one, 20,000 users",
        _by_everybody,
        patience=3,
        is_compared=False,
        only=_WITH_MEMORY,
        is_warmed_up=True,
    ),
    "304": Scenario(
        "list of 1,000, not modified: 304",
        _known_lists,
        is_compared=False,
        status=304,
        only=("ours", "floor"),
    ),
    "if-match": Scenario(
        "PUT with an old If-Match: 412",
        lambda p: _on_tasks(p, "PUT", body=_BODY, header=_OLD),
        is_compared=False,
        status=412,
        only=("ours",),
    ),
    "keyed-post": Scenario(
        "POST with a new Idempotency-Key",
        lambda p: _added(p, header=_KEY),
        is_compared=False,
        only=("ours",),
    ),
    "401": Scenario(
        "a forged token: 401", _forged, is_compared=False, status=401, only=_WITH_VALIDATION
    ),
    "404": Scenario("another user's task: 404", _of_another_user, is_compared=False, status=404),
    "422": Scenario(
        "POST of a blank title: 422",
        lambda p: _added(p, {"title": " "}),
        is_compared=False,
        status=422,
        only=_WITH_VALIDATION,
    ),
}
"""What is measured beside it; some of it only some services do."""

SCENARIOS = COMPARED | FURTHER
