"""Many users at once."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.api import Api, new_user
from tests.support.service import Service

USERS = 100


@pytest.mark.requirement("SC-007", "NF-008")
def test_a_hundred_users_at_once_are_served_with_their_own_tasks(service: Service) -> None:
    with ThreadPoolExecutor(USERS) as threads:
        answers = list(threads.map(lambda _: _work(service.url), range(USERS)))

    assert [[answer.status_code for answer in each] for each in answers] == [
        [201, 200, 200, 200, 204]
    ] * USERS
    assert all(len(listed.json()["data"]) == 1 for _, listed, *_ in answers)


def _work(url: str) -> list[httpx.Response]:
    with Api(url, new_user()) as api:
        created = api.create(title="Buy milk")
        task_id = created.json()["data"]["id"]
        listed = api.list()
        updated = api.update(task_id, title="Buy oats")
        toggled = api.toggle(task_id)
        return [created, listed, updated, toggled, api.delete(task_id)]
