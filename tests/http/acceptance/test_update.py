"""User story 3: a user updates a task."""

import pytest

from tests.support.api import Api, violations_of


@pytest.mark.requirement("FR-005", "US3.5")
def test_no_token_is_unauthorized(api: Api, anonymous: Api) -> None:
    task = api.created()

    response = anonymous.update(task["id"], title="Stolen")

    assert response.status_code == 401
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-025", "US3.2", "SC-006")
def test_somebody_elses_task_is_not_found_and_unchanged(api: Api, stranger: Api) -> None:
    task = api.created()

    response = stranger.update(task["id"], title="Stolen")

    assert response.status_code == 404
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-014", "US3.1")
def test_title_and_description_change_and_are_returned(api: Api) -> None:
    task = api.created(title="Old", description="Old")

    response = api.update(task["id"], title="New", description="Newer")

    changed = response.json()["data"]
    assert response.status_code == 200
    assert (changed["title"], changed["description"]) == ("New", "Newer")
    assert (changed["completed"], changed["created_at"]) == (False, task["created_at"])
    assert api.get(task["id"]).json()["data"] == changed


@pytest.mark.requirement("FR-014")
def test_an_absent_description_becomes_null(api: Api) -> None:
    task = api.created(description="Old")

    changed = api.update(task["id"], title="New").json()["data"]

    assert changed["description"] is None


@pytest.mark.requirement("FR-014")
def test_completed_survives_an_update(api: Api) -> None:
    task = api.created()
    api.toggle(task["id"])

    changed = api.update(task["id"], title="New").json()["data"]

    assert changed["completed"] is True


@pytest.mark.requirement("US3.3")
def test_an_empty_title_is_refused(api: Api) -> None:
    task = api.created()

    response = api.update(task["id"], title="")

    assert violations_of(response) == [("title", "Title is required")]
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-021", "US3.4")
def test_updated_at_moves_forward(api: Api) -> None:
    task = api.created()

    first = api.update(task["id"], title="First").json()["data"]
    second = api.update(task["id"], title="Second").json()["data"]

    assert task["updated_at"] < first["updated_at"] < second["updated_at"]


@pytest.mark.requirement("FR-036", "US3.6")
def test_an_unknown_id_is_not_found(api: Api) -> None:
    assert api.update(9223372036854775807, title="New").status_code == 404
