"""Everything that the contract declares is observed, for every operation, and nothing else is.

That is each status, header, media type, example and link. `docs/coverage.md` has the numbers.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from tests.support.api import conforms, new_user, token_of
from tests.support.coverage import (
    OPERATIONS,
    REQUEST,
    Coverage,
    Piece,
    declared,
    examples_of_body,
    table_of,
)
from tests.support.database import new_database, query
from tests.support.jws import DAY, in_
from tests.support.paths import ROOT
from tests.support.raw import Answer, request, send
from tests.support.service import FRONTEND, NO_TLS, Service, free_port, running_service

PAGE = ROOT / "docs" / "coverage.md"
UNREACHABLE = "postgresql://postgres@127.0.0.1:{port}/tasks"
WITH_DEFECTS = """
from handlers import replies
from persistence.database import Database
from tasks_api.__main__ import main
del replies.alive, Database.tasks_of, Database.ready_age
main(["serve"])
"""
ORIGIN = {"Origin": FRONTEND}
JSON = {"Content-Type": "application/json"}
CHUNKED = ("Content-Type: application/json", "Transfer-Encoding: chunked")
TASK = {"title": "Buy milk"}
TOO_LARGE = b" " * 1_048_577
WITH_A_BODY = [name for name, operation in OPERATIONS.items() if operation.body]


class Caller:
    """One user with a page at the origin of the frontend, all of whose answers are noted."""

    def __init__(self, coverage: Coverage, url: str, user: str) -> None:
        self.coverage, self.url, self.user = coverage, url, user
        self.token = token_of(user, exp=in_(DAY))
        headers = {**ORIGIN, "Authorization": f"Bearer {self.token}"}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=30, verify=NO_TLS)

    def call(
        self, name: str, task_id: object = 1, *, method: str = "", example: str = "", **options: Any
    ) -> httpx.Response:
        """Send a request of this operation."""
        operation = OPERATIONS[name]
        if operation.body and not {"content", "data", "json"} & options.keys():
            options["json"] = examples_of_body(name)[example] if example else TASK
        path = operation.path.format(id=task_id)
        response = self._client.request(method or operation.method, path, **options)
        conforms(response)
        self.coverage.note(name, response, example=example)
        return response

    def send(self, name: str, *headers: str, body: bytes = b"") -> None:
        """Send a request of this operation as bytes."""
        method, path = OPERATIONS[name][:2]
        head = request(f"{method} {path.format(id=1)}", f"Origin: {FRONTEND}", *headers)
        self.note(name, send(self.url, head + body))

    def note(self, name: str, answer: Answer) -> None:
        """Note an answer that was read as bytes."""
        method, path = OPERATIONS[name][:2]
        sent = httpx.Request(method, f"{self.url}{path.format(id=1)}")
        status, headers, body = answer
        response = httpx.Response(status, headers=headers, content=body, request=sent)
        response.elapsed = timedelta()  # Schemathesis asks for it.
        conforms(response)
        self.coverage.note(name, response)

    def __enter__(self) -> Self:
        """Return the caller."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()


@pytest.fixture(scope="module")
def observed(
    service: Service, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> set[Piece]:
    """Give everything that could be brought about."""
    coverage = Coverage()
    folder = tmp_path_factory.mktemp("coverage")
    with Caller(coverage, service.url, new_user()) as caller:
        _work(caller)
        for name in OPERATIONS:
            _refusals(caller, name)
        _refused_bodies(caller)
        _stalled_bodies(caller)
    _limits(coverage, service)
    for url, program in _broken(service, postgres):
        _fail(coverage, folder, url, program)
    return coverage.observed


@pytest.mark.requirement("FR-040", "FR-041", "FR-045")
def test_everything_that_is_declared_is_observed(observed: set[Piece]) -> None:
    assert sorted(set(declared()) - observed) == []


@pytest.mark.requirement("FR-040", "FR-041", "FR-045")
def test_nothing_is_observed_that_is_not_declared(observed: set[Piece]) -> None:
    assert sorted(observed - set(declared())) == []


def test_the_page_has_the_numbers(observed: set[Piece]) -> None:
    committed = PAGE.read_text(encoding="utf-8")
    before, _, rest = committed.partition("<!-- written by the tests -->\n")
    _, end, after = rest.partition("<!-- end -->\n")

    seen = f"{before}<!-- written by the tests -->\n\n{table_of(observed)}\n\n{end}{after}"

    if seen != committed:
        PAGE.write_text(seen, encoding="utf-8")
    assert seen == committed, f"{PAGE.name} said something else, and has been written again"


def _work(caller: Caller) -> None:
    """Do what the examples show, in their order, and follow every link."""
    caller.call("list_tasks")
    for example in examples_of_body("create_task"):
        caller.call("create_task", example=example)
    caller.call("create_task", json={"title": "Call the dentist"})
    newest, first = (task["id"] for task in caller.call("list_tasks").json()["data"])
    caller.call("get_task", first)
    caller.call("toggle_task", first)
    caller.call("list_tasks")
    caller.call("list_tasks", params={"limit": 1})
    caller.call("delete_task", newest)
    for example in examples_of_body("update_task"):
        caller.call("update_task", caller.call("create_task").json()["data"]["id"], example=example)
    changed = {"title": "Buy oat milk", "description": "Two litres."}
    caller.call("update_task", caller.call("create_task").json()["data"]["id"], json=changed)
    key = {"Idempotency-Key": new_user()}
    created, _ = (caller.call("create_task", headers=key) for _ in range(2))
    caller.call("create_task", headers=key, json={"title": "Another"})
    for link, target in OPERATIONS["create_task"].responses["201"]["links"].items():
        _follow(caller, link, target, created if link == "getTask" else caller.call("create_task"))
    for name in ("liveness", "readiness"):
        caller.call(name)
    for name, operation in OPERATIONS.items():
        for parameter in operation.parameters:
            if "example" in parameter:
                assert caller.call(name, parameter["example"]).status_code != 422
                caller.coverage.observed.add(Piece(name, REQUEST, "example", parameter["name"]))


def _follow(caller: Caller, link: str, target: dict[str, Any], answer: httpx.Response) -> None:
    """Send what the link says (OpenAPI, "Runtime Expressions")."""
    values = {
        "$response.body#/data/id": answer.json()["data"]["id"],
        "$response.header.ETag": answer.headers["ETag"],
    }
    given = {name: values[expression] for name, expression in target["parameters"].items()}
    task_id = given.pop("path.id")
    headers = {name.removeprefix("header."): value for name, value in given.items()}
    assert caller.call(target["operationId"], task_id, headers=headers).is_success
    caller.coverage.observed.add(Piece("create_task", "201", "link", link))


def _refusals(caller: Caller, name: str) -> None:
    """Send what is refused, or answered without a body."""
    known = caller.call("create_task").json()["data"]["id"]
    gone = token_of(caller.user, exp=in_(-DAY))
    caller.call(name, known, headers={"Authorization": ""})
    caller.call(name, known, headers={"Authorization": f"Bearer {gone}"})
    caller.call(name, known, params={"user_id": "x", "deep": "x"})
    caller.call(name, "x")
    caller.call(name, 2**63 - 1)
    for condition in ({"If-None-Match": "*"}, {"If-Match": '"another"'}, {"If-None-Match": "x"}):
        caller.call(name, known, headers=condition)
    caller.call(name, known, headers={"X-Large": "x" * 20_000})
    caller.call(name, known, method="TRACE")
    caller.send(name, "Host: again")
    caller.send(name, "no header")


def _refused_bodies(caller: Caller) -> None:
    for name in WITH_A_BODY:
        task_id = caller.call("create_task").json()["data"]["id"]
        caller.send(name, *CHUNKED, f"Authorization: Bearer {caller.token}", body=b"no chunk")
        caller.call(name, task_id, json={})
        caller.call(name, task_id, data={"title": "x"})
        caller.call(name, task_id, json=TASK, headers={"Content-Encoding": "gzip"})
        caller.call(name, task_id, content=TOO_LARGE, headers=JSON)


def _limits(coverage: Coverage, service: Service) -> None:
    """Add and replace as a user who has as much text as one may keep; add to all tasks."""
    fill = """
        INSERT INTO tasks (user_id, title, description)
        SELECT %s, 'x', repeat('x', %s) FROM generate_series(1, %s) RETURNING id
    """
    longer = {"title": "xx", "description": "x" * 65535}
    for length, tasks in ((65535, 129), (0, 10_000)):
        user = new_user()
        query(service.database_url, "INSERT INTO users (id) VALUES (%s)", user)
        (task_id,) = query(service.database_url, fill, user, length, tasks)[0]
        with Caller(coverage, service.url, user) as caller:
            caller.call("create_task")
            caller.call("update_task", task_id, json=longer)


def _stalled_bodies(caller: Caller) -> None:
    """Announce a body and never send it, for all operations at once: it takes ten seconds."""
    with ThreadPoolExecutor() as threads:
        for name, answer in zip(
            WITH_A_BODY, threads.map(partial(_stall, caller), WITH_A_BODY), strict=True
        ):
            caller.note(name, answer)


def _stall(caller: Caller, name: str) -> Answer:
    method, path = OPERATIONS[name][:2]
    headers = (f"Origin: {FRONTEND}", "Content-Type: application/json", "Content-Length: 20")
    head = request(f"{method} {path.format(id=1)}", *headers, token=token_of(new_user()))
    return send(caller.url, head + b"{")


def _broken(service: Service, postgres: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give databases with which nothing works, and a program with defects."""
    serve = ("-m", "tasks_api", "serve")
    yield UNREACHABLE.format(port=free_port()), serve
    yield service.database_url, ("-c", WITH_DEFECTS)
    with new_database(postgres, template="template0") as empty:
        yield empty, serve


def _fail(coverage: Coverage, folder: Path, url: str, program: tuple[str, ...]) -> None:
    with (
        running_service(folder, url, program=program, FRONTEND_URL=FRONTEND) as broken,
        Caller(coverage, broken.url, new_user()) as caller,
    ):
        for name in OPERATIONS:
            caller.call(name)
