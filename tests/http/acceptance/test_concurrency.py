"""Many requests for one task at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.api import Api


@pytest.mark.requirement("EC-01")
def test_of_fifty_concurrent_updates_one_wins_whole(api: Api) -> None:
    task_id = api.created()["id"]
    sent = [{"title": f"Title {n}", "description": f"Description {n}"} for n in range(50)]

    with ThreadPoolExecutor(50) as threads:
        statuses = list(threads.map(lambda task: api.update(task_id, **task).status_code, sent))

    stored = api.get(task_id).json()["data"]
    assert set(statuses) == {200}
    assert {"title": stored["title"], "description": stored["description"]} in sent


def test_of_fifty_concurrent_toggles_none_is_lost(api: Api) -> None:
    task_id = api.created()["id"]

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: api.toggle(task_id).json()["data"], range(51)))

    assert api.get(task_id).json()["data"]["completed"] is True
    assert sum(answer["completed"] for answer in answers) == 26


def test_of_fifty_concurrent_deletes_one_succeeds(api: Api) -> None:
    task_id = api.created()["id"]

    with ThreadPoolExecutor(50) as threads:
        statuses = list(threads.map(lambda _: api.delete(task_id).status_code, range(50)))

    assert sorted(statuses) == [204] + [404] * 49


def test_of_fifty_concurrent_updates_of_one_version_one_succeeds(api: Api) -> None:
    created = api.create(title="Buy milk")
    task_id, version = created.json()["data"]["id"], {"If-Match": created.headers["ETag"]}

    with ThreadPoolExecutor(50) as threads:
        answers = list(
            threads.map(lambda n: api.update(task_id, version, title=n), map(str, range(50)))
        )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49
    assert [answer.json() for answer in answers if answer.is_success] == [api.get(task_id).json()]
