"""Many requests for one task at once, and of many users."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.support.api import Api, new_user
from tests.support.service import Service


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


def test_of_many_users_at_once_each_gets_their_own_tasks(service: Service) -> None:
    with ExitStack() as stack:
        users = [stack.enter_context(Api(service.url, new_user())) for _ in range(12)]
        tasks = [user.created(title=user.user_id) for user in users]

        def read_everything(user: Api) -> None:
            for _ in range(5):
                for task in tasks:
                    answer = user.get(task["id"])
                    if task["title"] == user.user_id:
                        assert answer.json()["data"]["title"] == user.user_id
                    else:
                        assert answer.status_code == 404
                    assert [each["title"] for each in user.list().json()["data"]] == [user.user_id]

        with ThreadPoolExecutor(len(users)) as threads:
            list(threads.map(read_everything, users))
