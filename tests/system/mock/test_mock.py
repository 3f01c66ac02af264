"""Prism as a mock: what a frontend is written against before there is a service."""

from typing import Any

import httpx
import pytest

from tests.support.api import schema

pytestmark = pytest.mark.clients

OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, item in schema.raw_schema["paths"].items()
    for method, operation in item.items()
    if method != "parameters"
}
STATUSES = [
    pytest.param(operation_id, status, id=f"{operation_id} {status}")
    for operation_id, (_, _, operation) in OPERATIONS.items()
    for status in operation["responses"]
    if status != "default"
]


def ask(mock: httpx.Client, operation_id: str, prefer: str = "") -> httpx.Response:
    """Send a request that the contract allows, and hold the answer to the contract."""
    method, path, operation = OPERATIONS[operation_id]
    body: dict[str, Any] = {"json": {"title": "Buy milk"}} if "requestBody" in operation else {}
    headers = {"Prefer": prefer} if prefer else {}
    answer = mock.request(method.upper(), path.replace("{id}", "42"), headers=headers, **body)
    found = schema.find_operation_by_path(method.upper(), answer.request.url.path)
    assert found
    found.validate_response(answer)  # Not `conforms`: Prism has headers of its own.
    return answer


@pytest.mark.parametrize(("operation_id", "status"), STATUSES)
def test_it_gives_every_answer_of_every_operation(
    mock: httpx.Client, operation_id: str, status: str
) -> None:
    assert ask(mock, operation_id, f"code={status}").status_code == int(status)


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_it_invents_answers_that_conform(mock: httpx.Client, operation_id: str) -> None:
    for _ in range(3):
        assert ask(mock, operation_id, "dynamic=true").is_success


def test_a_click_on_the_mock_changes_what_a_click_changes(mock: httpx.Client) -> None:
    task = ask(mock, "get_task").json()["data"]

    changed = ask(mock, "update_task").json()["data"]
    toggled = ask(mock, "toggle_task").json()["data"]

    assert changed["title"] != task["title"]
    assert toggled["completed"] is not task["completed"]
    assert len({each["etag"] for each in (task, changed, toggled)}) == 3
