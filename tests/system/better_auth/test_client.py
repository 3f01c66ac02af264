"""The client of docs/clients.md, and one that is written by hand, with `fetch` of Node.js."""

import pytest

from tests.support.api import Api
from tests.support.service import Service
from tests.system.better_auth.conftest import SignUp
from tests.system.better_auth.node import BetterAuth

EMPTY = {"returned": None}


@pytest.mark.parametrize("method", ["getTasks", "createTask", "updateTask", "deleteTask"])
def test_without_a_token_it_is_told_what_is_missing(
    better_auth: BetterAuth, service: Service, method: str
) -> None:
    outcomes = better_auth.call(service.url, "", [method, 1, {"title": "x"}])

    assert outcomes == [{"thrown": "A token is required. Send Authorization: Bearer <JWT>."}]


def test_somebody_elses_task_is_not_found(
    better_auth: BetterAuth, service: Service, api: Api, stranger: Api
) -> None:
    task = stranger.created()

    outcomes = better_auth.call(
        service.url,
        api.token,
        ["getTask", task["id"]],
        ["updateTask", task["id"], {"title": "Mine"}],
        ["toggleTask", task["id"]],
        ["deleteTask", task["id"]],
    )

    assert outcomes == [{"thrown": "Task not found"}] * 4
    assert stranger.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("FR-041")
def test_it_reads_what_every_method_returns(
    better_auth: BetterAuth, service: Service, api: Api
) -> None:
    task = api.created(title="Buy milk", description="Two litres")
    task_id = task["id"]

    listed, updated, completed, one, deleted, none = better_auth.call(
        service.url,
        api.token,
        ["getTasks"],
        ["updateTask", task_id, {"title": "Buy bread", "description": "One loaf"}],
        ["toggleTask", task_id],
        ["getTask", task_id],
        ["deleteTask", task_id],
        ["getTasks"],
    )

    assert listed == {"returned": [task]}
    assert updated["returned"]["title"] == "Buy bread"
    assert completed == one
    assert completed["returned"] == {
        **updated["returned"],
        "completed": True,
        "updated_at": completed["returned"]["updated_at"],
        "etag": completed["returned"]["etag"],
    }
    assert (deleted, none) == (EMPTY, {"returned": []})


def test_a_task_that_it_creates_is_stored(
    better_auth: BetterAuth, service: Service, api: Api
) -> None:
    task = {"title": "Buy milk", "description": ""}

    (created,) = better_auth.call(service.url, api.token, ["createTask", task])

    assert created["returned"]["title"] == "Buy milk"
    assert api.get(created["returned"]["id"]).json()["data"] == created["returned"]


@pytest.mark.parametrize("title", ["", "   ", None])
def test_a_missing_title_is_a_message_that_it_can_show(
    better_auth: BetterAuth, service: Service, api: Api, title: str | None
) -> None:
    (outcome,) = better_auth.call(service.url, api.token, ["createTask", {"title": title}])

    assert outcome == {"thrown": "The request is not valid"}


def test_the_documented_client_gets_a_token_of_the_documented_set_up(
    better_auth: BetterAuth, service: Service, empty_database_url: str, sign_up: SignUp
) -> None:
    better_auth.migrate(empty_database_url)
    address = better_auth.serve("documented", empty_database_url)
    person = sign_up(address)

    task = better_auth.run_documented_client(service.url, address, person.cookies)

    assert task["user_id"] == person.user_id
    with Api(service.url, person.user_id, person.token()) as api:
        assert api.get(task["id"]).json()["data"]["completed"] is True
