"""Every status that the contract declares is seen, for every operation, and no other."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import SplitResult, urlsplit

import pytest
import yaml

from tests.support.api import CONTRACT, Api, new_user, token_of
from tests.support.database import query
from tests.support.raw import send
from tests.support.service import Service, free_port, running_service

document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
UNREACHABLE = "postgresql://postgres@127.0.0.1:{port}/tasks"
VALID: dict[str, Any] = {"json": {"title": "Buy milk"}}
TOO_LARGE = b" " * 1_048_577
CONDITIONS = [{"If-None-Match": "*"}, {"If-Match": '"another"'}]
JSON = {"Content-Type": "application/json"}

OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "list_tasks": ("GET", "/api/tasks", {}),
    "create_task": ("POST", "/api/tasks", VALID),
    "get_task": ("GET", "/api/tasks/{id}", {}),
    "update_task": ("PUT", "/api/tasks/{id}", VALID),
    "toggle_task": ("PATCH", "/api/tasks/{id}/complete", {}),
    "delete_task": ("DELETE", "/api/tasks/{id}", {}),
    "liveness": ("GET", "/livez", {}),
    "readiness": ("GET", "/readyz", {}),
}
UNSEEN = {("liveness", 500)}
"""Declared because a defect can be anywhere; there is none that a test could bring about."""


@pytest.fixture(scope="module")
def seen(service: Service, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, int]]:
    """Give every pair of operation and status that could be brought about."""
    folder = tmp_path_factory.mktemp("statuses")
    down = UNREACHABLE.format(port=free_port())
    with (
        running_service(folder, _without_rights(service)) as forbidden,
        running_service(folder, down) as unreachable,
    ):
        found = _stalled_bodies(service) | _limits(service)
        for url in (service.url, forbidden.url, unreachable.url):
            with Api(url, new_user()) as api:
                for operation_id in OPERATIONS:
                    found |= {(operation_id, status) for status in _statuses(operation_id, api)}
    return found


@pytest.mark.requirement("FR-040", "FR-041", "FR-045")
def test_every_declared_status_is_seen_and_every_seen_status_is_declared(
    seen: set[tuple[str, int]],
) -> None:
    declared = {
        (operation["operationId"], int(status))
        for item in document["paths"].values()
        for key, operation in item.items()
        if key != "parameters"
        for status in operation["responses"]
        if status != "default"
    }

    assert seen == declared - UNSEEN


def _statuses(operation_id: str, api: Api) -> Iterator[int]:
    method, path, options = OPERATIONS[operation_id]
    known = path.format(id=api.create(title="Buy milk").json().get("data", {}).get("id", 1))
    unknown = {"user_id": "x", "deep": "x"}
    yield api.request(method, known, params=unknown, **options).status_code
    yield api.request(method, known, headers={"Authorization": ""}, **options).status_code
    if options:
        yield api.request(method, known, data={"title": "x"}).status_code
        yield api.request(method, known, content=TOO_LARGE, headers=JSON).status_code
    yield api.request(method, path.format(id=2**63 - 1), **options).status_code
    for condition in CONDITIONS:
        yield api.request(method, known, headers=condition, **options).status_code
    large = {"X-Large": "x" * 20_000}
    yield api.request(method, known, headers=large, **options).status_code
    yield send(api.url, f"{method} {known} HTTP/1.1\r\n\r\n".encode()).status
    yield api.request(method, known, **options).status_code


def _limits(service: Service) -> set[tuple[str, int]]:
    """Add and replace as a user who has as much text as one may keep."""
    user = new_user()
    query(service.database_url, "INSERT INTO users (id) VALUES (%s)", user)
    fill = """
        INSERT INTO tasks (user_id, title, description)
        SELECT %s, 'x', repeat('x', 65535) FROM generate_series(1, 129) RETURNING id
    """
    ((task_id,), *_) = query(service.database_url, fill, user)
    longer = {"json": {"title": "xx", "description": "x" * 65535}}
    with Api(service.url, user) as api:
        added = api.request("POST", "/api/tasks", **VALID).status_code
        replaced = api.request("PUT", f"/api/tasks/{task_id}", **longer).status_code
    return {("create_task", added), ("update_task", replaced)}


def _stalled_bodies(service: Service) -> set[tuple[str, int]]:
    """Announce a body and never send it, for both operations at once: it takes ten seconds."""
    operation_ids = ["create_task", "update_task"]
    with ThreadPoolExecutor() as threads:
        statuses = threads.map(partial(_stall, urlsplit(service.url)), operation_ids)
        return set(zip(operation_ids, statuses, strict=True))


def _stall(address: SplitResult, operation_id: str) -> int:
    method, path, _ = OPERATIONS[operation_id]
    head = (
        f"{method} {path.format(id=1)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token_of(new_user())}\r\nContent-Length: 20\r\n\r\n{{"
    )
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(head.encode())
        return int(connection.recv(4096).split()[1])


def _without_rights(service: Service) -> str:
    """Return a URL whose role may connect, and may do nothing more: a defect of the deployment."""
    role = "powerless"
    query(service.database_url, f"DROP ROLE IF EXISTS {role}")
    query(service.database_url, f"CREATE ROLE {role} LOGIN PASSWORD 'powerless'")
    url = urlsplit(service.database_url)
    return url._replace(netloc=f"{role}:powerless@{url.hostname}:{url.port}").geturl()
