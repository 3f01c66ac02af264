"""User story 2: a user views tasks."""

import pytest

from tests.support.api import Api


@pytest.mark.requirement("FR-005", "US2.4")
def test_no_token_is_unauthorized(anonymous: Api) -> None:
    assert anonymous.list().status_code == 401
    assert anonymous.get(1).status_code == 401


@pytest.mark.requirement("FR-027", "US2.3", "SC-006")
def test_two_users_see_only_their_own(api: Api, stranger: Api) -> None:
    mine, theirs = api.created(title="Mine"), stranger.created(title="Theirs")

    assert api.list().json()["data"] == [mine]
    assert stranger.list().json()["data"] == [theirs]
    assert api.get(theirs["id"]).status_code == 404


@pytest.mark.requirement("FR-011", "US2.1")
def test_three_tasks_are_listed_complete_with_every_field(api: Api) -> None:
    for title in ("One", "Two", "Three"):
        api.created(title=title)

    tasks = api.list().json()["data"]

    fields = ["id", "user_id", "title", "description", "completed"]
    assert [list(task) for task in tasks] == [[*fields, "created_at", "updated_at", "etag"]] * 3


@pytest.mark.requirement("FR-044", "US2.2", "EC-09")
def test_no_tasks_are_an_empty_array(api: Api) -> None:
    response = api.list()

    assert response.status_code == 200
    assert response.json() == {"data": []}


@pytest.mark.requirement("US2.5")
def test_ten_tasks_come_newest_first(api: Api) -> None:
    created = [api.created(title=f"Task {number}") for number in range(10)]

    tasks = api.list().json()["data"]

    assert tasks == created[::-1]
    assert [t["created_at"] for t in tasks] == sorted(
        (t["created_at"] for t in tasks), reverse=True
    )


@pytest.mark.requirement("FR-013")
def test_one_task_is_what_was_created(api: Api) -> None:
    task = api.created(description="Two litres")

    response = api.get(task["id"])

    assert response.status_code == 200
    assert response.json()["data"] == task
