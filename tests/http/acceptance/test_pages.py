"""Pages over HTTP: parameters, `next`, `Link`, entity tags, and what is not valid."""

import httpx
import pytest

from tests.support.api import Api, violations_of


def titles_in(answer: httpx.Response) -> list[str]:
    return [task["title"] for task in answer.json()["data"]]


@pytest.fixture
def filled(api: Api) -> Api:
    """Give a user with seven tasks, of which the second and the fourth are completed."""
    for number in range(1, 8):
        task = api.create(title=f"Task {number}").json()["data"]
        if number in {2, 4}:
            api.toggle(task["id"])
    return api


def test_without_parameters_it_is_the_whole_list(filled: Api) -> None:
    answer = filled.list()

    assert len(titles_in(answer)) == 7
    assert "next" not in answer.json()
    assert "link" not in answer.headers


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/"])
def test_next_and_link_lead_through_all_pages(filled: Api, path: str) -> None:
    first = filled.request("GET", f"{path}?limit=3")
    by_next = filled.request("GET", f"{path}?limit=3&after={first.json()['next']}")
    by_link = filled.request("GET", first.links["next"]["url"])
    last = filled.request("GET", by_link.links["next"]["url"])

    assert titles_in(first) == ["Task 7", "Task 6", "Task 5"]
    assert titles_in(by_next) == titles_in(by_link) == ["Task 4", "Task 3", "Task 2"]
    assert titles_in(last) == ["Task 1"]
    assert last.json()["next"] is None
    assert "link" not in last.headers


def test_a_page_that_ends_with_the_list_is_the_last(filled: Api) -> None:
    assert filled.request("GET", "/api/tasks?limit=7").json()["next"] is None


def test_completed_narrows_the_list_and_its_pages(filled: Api) -> None:
    done = filled.request("GET", "/api/tasks?completed=true")
    first = filled.request("GET", "/api/tasks?completed=false&limit=4")
    second = filled.request("GET", first.links["next"]["url"])

    assert titles_in(done) == ["Task 4", "Task 2"]
    assert done.json()["next"] is None
    assert titles_in(first) == ["Task 7", "Task 6", "Task 5", "Task 3"]
    assert titles_in(second) == ["Task 1"]


def test_a_page_has_a_tag_and_a_304(filled: Api) -> None:
    page = filled.request("GET", "/api/tasks?limit=2")
    known = {"If-None-Match": page.headers["etag"]}

    assert filled.request("GET", "/api/tasks?limit=2", headers=known).status_code == 304
    filled.create(title="Task 8")
    changed = filled.request("GET", "/api/tasks?limit=2", headers=known)
    assert titles_in(changed) == ["Task 8", "Task 7"]
    assert filled.request("HEAD", "/api/tasks?limit=2").headers["link"] == changed.headers["link"]


def test_a_page_is_of_the_user_alone(filled: Api, stranger: Api) -> None:
    after = filled.request("GET", "/api/tasks?limit=3").json()["next"]

    theirs = stranger.request("GET", f"/api/tasks?limit=3&after={after}").json()

    assert theirs == {"data": [], "next": None}


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "+1", "1.0", "01", "x", "", "1e2", "٣"])
def test_other_limits_are_not_valid(api: Api, limit: str) -> None:
    answer = api.request("GET", "/api/tasks", params={"limit": limit})

    assert violations_of(answer) == [("limit", "limit must be an integer from 1 to 1000")]


AFTERS = [
    "",
    "x",
    "1",
    "1.",
    ".1",
    "1.x",
    "-1.1",
    "1.1.1",
    "1" * 18 + ".1",
    "1." + "1" * 19,
    "1.1\n",
]


@pytest.mark.parametrize("after", AFTERS)
def test_other_positions_are_not_valid(api: Api, after: str) -> None:
    answer = api.request("GET", "/api/tasks", params={"after": after})

    assert violations_of(answer) == [("after", "after must be the next of an earlier page")]


@pytest.mark.parametrize("after", ["0.0", "9" * 17 + "." + "9" * 18])
def test_invented_positions_of_the_same_form_are_no_fault(api: Api, after: str) -> None:
    assert api.request("GET", f"/api/tasks?after={after}").status_code == 200


@pytest.mark.parametrize("completed", ["", "True", "1", "yes", "null"])
def test_other_values_of_completed_are_not_valid(api: Api, completed: str) -> None:
    answer = api.request("GET", "/api/tasks", params={"completed": completed})

    assert violations_of(answer) == [("completed", "completed must be true or false")]


def test_every_violation_is_told(api: Api) -> None:
    answer = api.request("GET", "/api/tasks?limit=0&after=x&completed=x&limit=1&page=2")

    fields = {detail["field"] for detail in answer.json()["error"]["details"]}
    assert fields == {"limit", "after", "completed", "page"}
