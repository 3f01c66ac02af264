"""User story 1: a user creates tasks."""

import pytest

from tests.support.api import Api, violations_of


@pytest.mark.requirement("FR-005", "US1.4")
def test_no_token_is_unauthorized(anonymous: Api) -> None:
    response = anonymous.create(title="Buy milk")

    assert response.status_code == 401


@pytest.mark.requirement("FR-008", "FR-024", "US1.5")
def test_a_user_id_in_the_body_never_decides_the_owner(api: Api, stranger: Api) -> None:
    response = api.create(title="Buy milk", user_id=stranger.user_id)

    assert violations_of(response) == [("user_id", "Unknown property")]
    assert api.list().json()["data"] == []
    assert stranger.list().json()["data"] == []


@pytest.mark.requirement("FR-002", "FR-012", "FR-024", "US1.1")
def test_title_and_description_are_stored_for_the_caller(api: Api) -> None:
    response = api.create(title="Buy milk", description="Two litres")

    task = response.json()["data"]
    assert response.status_code == 201
    assert response.headers["Location"] == f"/api/tasks/{task['id']}"
    assert (task["title"], task["description"]) == ("Buy milk", "Two litres")
    assert task["user_id"] == api.user_id
    assert api.list().json()["data"] == [task]


@pytest.mark.requirement("FR-018", "US1.2")
def test_a_title_alone_is_enough(api: Api) -> None:
    response = api.create(title="Buy milk")

    assert response.status_code == 201
    assert response.json()["data"]["description"] is None


@pytest.mark.requirement("US1.3")
def test_an_empty_title_is_refused(api: Api) -> None:
    response = api.create(title="")

    assert violations_of(response) == [("title", "Title is required")]
    assert api.list().json()["data"] == []


@pytest.mark.requirement("FR-019", "FR-020", "US1.6")
def test_a_new_task_is_not_completed_and_has_its_times(api: Api) -> None:
    task = api.created()

    assert task["completed"] is False
    assert task["created_at"] == task["updated_at"]
    assert task["created_at"].endswith("Z")
