"""Tags of tasks and lists: what a client has is not sent again."""

import pytest

from tests.support.api import Api

UNKNOWN = 2**63 - 1


def test_no_token_comes_before_every_condition(api: Api, anonymous: Api) -> None:
    task_id = api.created()["id"]

    assert anonymous.get(task_id, {"If-None-Match": "*"}).status_code == 401
    assert anonymous.list({"If-None-Match": "no tag"}).status_code == 401


def test_somebody_elses_task_is_not_found_with_its_tag_too(api: Api, stranger: Api) -> None:
    created = api.create(title="Buy milk")
    task_id, tag = created.json()["data"]["id"], created.headers["ETag"]

    for sent in (tag, "*"):
        assert stranger.get(task_id, {"If-None-Match": sent}).status_code == 404


def test_the_tag_of_a_task_is_its_updated_at_and_changes_with_it(api: Api) -> None:
    created = api.create(title="Buy milk")
    task_id = created.json()["data"]["id"]

    answers = [
        created,
        api.update(task_id, title="Buy oats"),
        api.toggle(task_id),
        api.toggle(task_id),
    ]

    tags = [answer.headers["ETag"] for answer in answers]
    assert tags == [f'"{answer.json()["data"]["updated_at"]}"' for answer in answers]
    assert len(set(tags)) == 4
    assert api.get(task_id).headers["ETag"] == tags[-1]


def test_the_tag_of_a_list_changes_with_whatever_is_in_it(api: Api) -> None:
    tags = [api.list().headers["ETag"]]

    task_id = api.created()["id"]
    tags.append(api.list().headers["ETag"])
    api.toggle(task_id)
    tags.append(api.list().headers["ETag"])
    other_id = api.created()["id"]
    tags.append(api.list().headers["ETag"])
    api.delete(task_id)
    tags.append(api.list().headers["ETag"])

    assert len(set(tags)) == 5
    api.delete(other_id)
    assert api.list().headers["ETag"] == tags[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/{id}"])
def test_what_the_client_has_is_not_sent_again(api: Api, method: str, path: str) -> None:
    target = path.format(id=api.created()["id"])
    first = api.request(method, target)
    tag = first.headers["ETag"]

    for sent in (tag, f"W/{tag}", f'"another" , {tag}', "*"):
        again = api.request(method, target, headers={"If-None-Match": sent})

        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
        assert "Content-Type" not in again.headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/{id}"])
def test_what_has_changed_is_sent(api: Api, method: str, path: str) -> None:
    task_id = api.created()["id"]
    target = path.format(id=task_id)
    before = api.request(method, target).headers["ETag"]
    api.toggle(task_id)

    for sent in (before, f'"another", W/{before}', ""):
        response = api.request(method, target, headers={"If-None-Match": sent})

        assert response.status_code == 200
        assert response.headers["ETag"] != before


def test_a_missing_task_is_never_not_modified(api: Api) -> None:
    assert api.get(UNKNOWN, {"If-None-Match": "*"}).status_code == 404


def test_a_list_of_nothing_exists_as_well(api: Api) -> None:
    assert api.list({"If-None-Match": "*"}).status_code == 304


def test_health_has_no_tag(api: Api) -> None:
    for path in ("/livez", "/readyz"):
        response = api.request("GET", path, headers={"If-None-Match": "*"})

        assert response.status_code == 200
        assert "ETag" not in response.headers
