"""User story 4: a user deletes a task."""

from tests.api import Api
from tests.database import query
from tests.service import Service


def test_no_token_is_unauthorized(api: Api, anonymous: Api) -> None:
    task = api.created()

    response = anonymous.delete(task["id"])

    assert response.status_code == 401
    assert api.get(task["id"]).status_code == 200


def test_somebody_elses_task_is_not_found_and_still_there(api: Api, stranger: Api) -> None:
    task = api.created()

    response = stranger.delete(task["id"])

    assert response.status_code == 404
    assert api.get(task["id"]).json()["data"] == task


def test_the_row_is_gone(api: Api, service: Service) -> None:
    task = api.created()

    response = api.delete(task["id"])

    assert (response.status_code, response.content) == (204, b"")
    assert query(service.database_url, "SELECT FROM tasks WHERE id = %s", task["id"]) == []


def test_a_deleted_task_is_not_found(api: Api) -> None:
    task = api.created()
    api.delete(task["id"])

    assert api.get(task["id"]).status_code == 404
    assert api.delete(task["id"]).status_code == 404


def test_an_unknown_id_is_not_found(api: Api) -> None:
    assert api.delete(9223372036854775807).status_code == 404
