"""Nobody can tell another's task from one that never existed; read off the contract.

A new operation that takes an id is covered without a new test.
"""

from typing import Any

import pytest
import yaml

from boundary.contract import METHODS
from tests.support.api import CONTRACT, Api, SignIn
from tests.support.database import query
from tests.support.raw import Answer, request, send
from tests.support.service import Service

document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
WITH_ID = {
    operation["operationId"]: (f"{method.upper()} {path}", "requestBody" in operation)
    for path, item in document["paths"].items()
    for method, operation in item.items()
    if method in METHODS and "{id}" in path
}
BODY = b'{"title": "Stolen", "description": "Stolen"}'
NEVER = 2**63 - 1


def call(service: Service, api: Api, operation_id: str, task_id: int, *more: str) -> Answer:
    line, has_body = WITH_ID[operation_id]
    headers = ["X-Request-ID: 1", *(["Content-Type: application/json"] if has_body else [])]
    body = BODY if has_body else None
    sent = request(line.format(id=task_id), *headers, *more, token=api.token, body=body)
    answer = send(service.url, sent)
    return answer._replace(headers=answer.headers | {"date": ""})


def row_of(service: Service, task_id: int) -> Any:
    return query(
        service.database_url, "SELECT tasks::text, xmin::text FROM tasks WHERE id = %s", task_id
    )


@pytest.mark.requirement("FR-023", "SC-006")
@pytest.mark.parametrize("operation_id", WITH_ID)
def test_anothers_task_is_answered_like_one_that_never_existed(
    service: Service, api: Api, stranger: Api, operation_id: str
) -> None:
    stranger.created()
    task_id = api.created()["id"]
    before = row_of(service, task_id)

    foreign = call(service, stranger, operation_id, task_id)
    unknown = call(service, stranger, operation_id, NEVER)

    assert foreign == unknown
    assert foreign.status == 404
    assert row_of(service, task_id) == before


@pytest.mark.parametrize("operation_id", WITH_ID)
def test_a_user_without_tasks_learns_nothing_either(
    service: Service, api: Api, sign_in: SignIn, operation_id: str
) -> None:
    task_id = api.created()["id"]
    newcomer = sign_in()

    foreign = call(service, newcomer, operation_id, task_id)

    assert foreign == call(service, newcomer, operation_id, NEVER)
    assert foreign.status == 404


@pytest.mark.parametrize("condition", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("operation_id", WITH_ID)
def test_a_condition_learns_nothing_of_anothers_task(
    service: Service, api: Api, stranger: Api, operation_id: str, condition: str
) -> None:
    created = api.create(title="Buy milk")
    task_id = created.json()["data"]["id"]
    before = row_of(service, task_id)

    for tags in (created.headers["ETag"], "*", '"another"'):
        foreign = call(service, stranger, operation_id, task_id, f"{condition}: {tags}")

        assert foreign == call(service, stranger, operation_id, NEVER)
        assert foreign.status == 404
    assert row_of(service, task_id) == before


@pytest.mark.requirement("FR-008")
@pytest.mark.parametrize("operation_id", WITH_ID)
@pytest.mark.parametrize("header", ["X-User-ID", "X-User", "User-Id", "X-Forwarded-User", "Cookie"])
def test_a_user_id_in_a_header_has_no_effect(
    service: Service, api: Api, stranger: Api, operation_id: str, header: str
) -> None:
    task_id = api.created()["id"]
    before = row_of(service, task_id)
    value = f"user_id={api.user_id}" if header == "Cookie" else api.user_id

    answer = call(service, stranger, operation_id, task_id, f"{header}: {value}")

    assert answer.status == 404
    assert row_of(service, task_id) == before


@pytest.mark.requirement("FR-008")
@pytest.mark.parametrize("operation_id", WITH_ID)
def test_a_user_id_in_the_query_is_not_valid(api: Api, stranger: Api, operation_id: str) -> None:
    method, path = WITH_ID[operation_id][0].split()
    task_id = api.created()["id"]

    response = stranger.request(
        method, path.format(id=task_id), params={"user_id": api.user_id}, json={"title": "Stolen"}
    )

    assert response.status_code == 422
    assert api.get(task_id).json()["data"]["title"] == "Buy milk"
