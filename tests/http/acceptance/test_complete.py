"""User story 5: a user completes a task, and takes that back."""

import pytest

from tests.support.api import Api


@pytest.mark.requirement("FR-005", "US5.5")
def test_no_token_is_unauthorized(api: Api, anonymous: Api) -> None:
    task = api.created()

    response = anonymous.toggle(task["id"])

    assert response.status_code == 401
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-025", "US5.3", "SC-006")
def test_somebody_elses_task_is_not_found_and_unchanged(api: Api, stranger: Api) -> None:
    task = api.created()

    response = stranger.toggle(task["id"])

    assert response.status_code == 404
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-016", "US5.1")
def test_false_becomes_true(api: Api) -> None:
    task = api.created()

    response = api.toggle(task["id"])

    assert response.status_code == 200
    assert response.json()["data"] == {
        **task,
        "completed": True,
        "updated_at": response.json()["data"]["updated_at"],
        "etag": response.headers["ETag"],
    }


@pytest.mark.requirement("FR-016", "US5.2")
def test_true_becomes_false(api: Api) -> None:
    task = api.created()
    api.toggle(task["id"])

    response = api.toggle(task["id"])

    assert response.json()["data"]["completed"] is False


@pytest.mark.requirement("FR-021", "US5.4")
def test_updated_at_moves_forward(api: Api) -> None:
    task = api.created()

    first = api.toggle(task["id"]).json()["data"]
    second = api.toggle(task["id"]).json()["data"]

    assert task["updated_at"] < first["updated_at"] < second["updated_at"]
