"""User story 4: a user deletes a task."""

import pytest

from tests.support.api import Api
from tests.support.database import query
from tests.support.service import Service


@pytest.mark.requirement("FR-005", "US4.5")
def test_no_token_is_unauthorized(api: Api, anonymous: Api) -> None:
    task = api.created()

    response = anonymous.delete(task["id"])

    assert response.status_code == 401
    assert api.get(task["id"]).status_code == 200


@pytest.mark.requirement("FR-026", "US4.2", "SC-006")
def test_somebody_elses_task_is_not_found_and_still_there(api: Api, stranger: Api) -> None:
    task = api.created()

    response = stranger.delete(task["id"])

    assert response.status_code == 404
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-015", "FR-043", "US4.1")
def test_the_row_is_gone(api: Api, service: Service) -> None:
    task = api.created()

    response = api.delete(task["id"])

    assert (response.status_code, response.content) == (204, b"")
    assert query(service.database_url, "SELECT FROM tasks WHERE id = %s", task["id"]) == []


@pytest.mark.requirement("FR-015", "FR-036", "US4.3")
def test_a_deleted_task_is_not_found(api: Api) -> None:
    task = api.created()
    api.delete(task["id"])

    assert api.get(task["id"]).status_code == 404
    assert api.delete(task["id"]).status_code == 404


@pytest.mark.requirement("FR-036", "US4.4")
def test_an_unknown_id_is_not_found(api: Api) -> None:
    assert api.delete(9223372036854775807).status_code == 404
