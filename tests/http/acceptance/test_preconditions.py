"""A change of a task that somebody else has changed in the meantime is refused."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.api import Api, SignIn, error_of
from tests.support.coverage import OPERATIONS

UNKNOWN = 2**63 - 1
CHANGED = (412, "PRECONDITION_FAILED", "The task has changed since it was read")
OTHERS = (
    "",
    ",",
    "W/{tag}",
    '"another"',
    '"{id}"',
    '"9999-99-99T99:99:99Z"',
    '"0001-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59.999999Z"',
    '"2026-01-31T09:30:00+99:99"',
    '""',
    '"*"',
)

Change = Callable[[Api, int, dict[str, str]], httpx.Response]
CHANGES: dict[str, Change] = {
    "PUT": lambda api, task_id, headers: api.update(task_id, headers, title="Changed"),
    "PATCH": lambda api, task_id, headers: api.toggle(task_id, headers),
    "DELETE": lambda api, task_id, headers: api.delete(task_id, headers),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
DEFAULTS = {
    parameter["name"]: parameter["schema"]["default"]
    for parameter in OPERATIONS["get_task"].parameters
    if "default" in parameter["schema"]
}


@every_change
def test_no_token_comes_before_every_condition(api: Api, anonymous: Api, change: Change) -> None:
    task = api.created()

    for sent in ("*", "no tag"):
        assert change(anonymous, task["id"], {"If-Match": sent}).status_code == 401
    assert api.get(task["id"]).json()["data"] == task


@every_change
def test_somebody_elses_task_is_not_found_whatever_the_condition(
    api: Api, stranger: Api, change: Change
) -> None:
    created = api.create(title="Buy milk")
    task = created.json()["data"]

    response = change(stranger, task["id"], {"If-Match": created.headers["ETag"]})

    assert response.status_code == 404
    assert api.get(task["id"]).json()["data"] == task


@every_change
def test_a_task_that_has_not_changed_is_changed(api: Api, change: Change) -> None:
    created = api.create(title="Buy milk")
    sent = f'W/"another", "another",{created.headers["ETag"]}'

    response = change(api, created.json()["data"]["id"], {"If-Match": sent})

    assert response.is_success


@every_change
def test_a_task_that_has_changed_stays_as_it_is(api: Api, change: Change) -> None:
    created = api.create(title="Buy milk")
    task_id = created.json()["data"]["id"]
    before = api.toggle(task_id).json()["data"]

    response = change(api, task_id, {"If-Match": created.headers["ETag"]})

    assert error_of(response) == CHANGED
    assert "details" not in response.json()["error"]
    assert api.get(task_id).json()["data"] == before


@every_change
@pytest.mark.parametrize("tags", OTHERS)
def test_a_tag_that_is_not_the_tasks_own_matches_nothing(
    api: Api, change: Change, tags: str
) -> None:
    created = api.create(title="Buy milk")
    task = created.json()["data"]
    sent = tags.format(id=task["id"], tag=created.headers["ETag"])

    response = change(api, task["id"], {"If-Match": sent})

    assert error_of(response) == CHANGED
    assert api.get(task["id"]).json()["data"] == task


@every_change
def test_the_same_moment_in_another_spelling_is_another_tag(api: Api, change: Change) -> None:
    task = api.created()
    moment = task["updated_at"].removesuffix("Z")

    for spelling in (moment, f"{moment}+00:00", f"{moment}z", f"{moment}000Z"):
        response = change(api, task["id"], {"If-Match": f'"{spelling}"'})

        assert error_of(response) == CHANGED, spelling


@every_change
def test_a_star_is_any_version_of_a_task_that_exists(api: Api, change: Change) -> None:
    task_id = api.created()["id"]
    api.toggle(task_id)

    assert change(api, task_id, {"If-Match": "*"}).is_success
    assert change(api, UNKNOWN, {"If-Match": "*"}).status_code == 404
    assert change(api, UNKNOWN, {"If-Match": '"another"'}).status_code == 404


@every_change
def test_the_defaults_of_the_preconditions_allow_a_change(api: Api, change: Change) -> None:
    task = api.created()

    response = change(api, task["id"], DEFAULTS)

    assert DEFAULTS.keys() == {"If-Match", "If-None-Match"}
    assert response.is_success
    assert change(api, UNKNOWN, DEFAULTS).status_code == 404


def test_the_defaults_of_the_preconditions_allow_a_read(api: Api) -> None:
    task = api.created()

    assert api.get(task["id"], DEFAULTS).json()["data"] == task
    assert api.list(DEFAULTS).json()["data"] == [task]
    assert api.get(UNKNOWN, DEFAULTS).status_code == 404


def test_of_two_who_read_and_update_one_is_told(api: Api, sign_in: SignIn) -> None:
    here, there = api, sign_in(api.user_id)
    task_id = api.created()["id"]
    read_here, read_there = here.get(task_id), there.get(task_id)

    first = here.update(task_id, {"If-Match": read_here.headers["ETag"]}, title="Here")
    second = there.update(task_id, {"If-Match": read_there.headers["ETag"]}, title="There")

    assert (first.status_code, second.status_code) == (200, 412)
    assert api.get(task_id).json() == first.json()


def test_a_task_of_a_list_can_be_changed_without_being_read_again(api: Api) -> None:
    api.created()
    task = api.list().json()["data"][0]
    headers = {"If-Match": task["etag"]}

    assert api.toggle(task["id"], headers).status_code == 200
    assert api.toggle(task["id"], headers).status_code == 412


def test_the_tag_of_contract_1_1_is_still_the_time_of_the_change_in_quotes(api: Api) -> None:
    task = api.created()

    assert task["etag"] == f'"{task["updated_at"]}"'


def test_every_answer_with_a_task_has_its_tag_in_the_body_and_the_header(api: Api) -> None:
    created = api.create(title="Buy milk")
    task_id = created.json()["data"]["id"]
    answers = [created, api.get(task_id), api.update(task_id, title="x"), api.toggle(task_id)]

    for answer in answers:
        assert answer.json()["data"]["etag"] == answer.headers["ETag"]
    assert api.list().json()["data"] == [answers[-1].json()["data"]]
    assert api.request("GET", "/api/tasks?limit=1").json()["data"] == api.list().json()["data"]


@every_change
@pytest.mark.parametrize("sent", ["{tag}", "W/{tag}", '"another", {tag}', "*"])
def test_a_change_that_excludes_the_version_of_the_task_is_refused(
    api: Api, change: Change, sent: str
) -> None:
    task = api.created()

    response = change(api, task["id"], {"If-None-Match": sent.format(tag=task["etag"])})

    message = "The task has one of the versions of If-None-Match"
    assert error_of(response) == (412, "PRECONDITION_FAILED", message)
    assert api.get(task["id"]).json()["data"] == task


@every_change
@pytest.mark.parametrize("sent", ['"another"', "", '"9999-12-31T23:59:59.999999Z"'])
def test_a_change_that_excludes_another_version_is_made(
    api: Api, change: Change, sent: str
) -> None:
    task = api.created()

    assert change(api, task["id"], {"If-None-Match": sent}).is_success


@every_change
def test_both_preconditions_of_a_change_must_hold(api: Api, change: Change) -> None:
    task = api.created()
    both = {"If-Match": task["etag"], "If-None-Match": task["etag"]}

    assert change(api, task["id"], both).status_code == 412
    assert change(api, UNKNOWN, both).status_code == 404
    assert change(api, UNKNOWN, {"If-None-Match": "*"}).status_code == 404
    assert change(api, task["id"], {**both, "If-None-Match": '"another"'}).is_success


def test_a_task_is_read_only_in_a_version_that_matches(api: Api) -> None:
    task = api.created()

    assert api.get(task["id"], {"If-Match": task["etag"]}).json()["data"] == task
    assert api.get(task["id"], {"If-Match": "*"}).status_code == 200
    assert error_of(api.get(task["id"], {"If-Match": '"another"'})) == CHANGED
    assert error_of(api.get(task["id"], {"If-Match": f"W/{task['etag']}"})) == CHANGED
    assert api.get(UNKNOWN, {"If-Match": '"another"'}).status_code == 404


@pytest.mark.parametrize("query", ["", "?limit=1", "?completed=false"])
def test_the_list_is_read_only_in_a_version_that_matches(api: Api, query: str) -> None:
    api.created()
    path = f"/api/tasks{query}"
    tag = api.request("GET", path).headers["ETag"]

    def status(if_match: str, **more: str) -> int:
        headers = {"If-Match": if_match, **more}
        return api.request("GET", path, headers=headers).status_code

    assert (status(tag), status("*"), status(f"W/{tag}"), status('"1"')) == (200, 200, 412, 412)
    assert status(tag, **{"If-None-Match": tag}) == 304
    assert status('"1"', **{"If-None-Match": tag}) == 412


def test_a_post_has_no_preconditions(api: Api) -> None:
    for headers in ({"If-Match": '"1"'}, {"If-None-Match": "*"}, {"If-Match": "no tag"}):
        assert api.create(headers, title="Buy milk").status_code == 201


def test_a_flip_that_is_sent_twice_happens_once(api: Api) -> None:
    created = api.create(title="Buy milk")
    task_id, tag = created.json()["data"]["id"], created.headers["ETag"]

    statuses = [api.toggle(task_id, {"If-Match": tag}).status_code for _ in range(2)]

    assert statuses == [200, 412]
    assert api.get(task_id).json()["data"]["completed"] is True


def test_without_a_condition_the_last_write_wins(api: Api, sign_in: SignIn) -> None:
    task_id = api.created()["id"]

    api.update(task_id, title="Here")
    sign_in(api.user_id).update(task_id, title="There")

    assert api.get(task_id).json()["data"]["title"] == "There"
