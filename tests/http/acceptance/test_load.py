"""Many users at once, and how long one user waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median

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
    assert max(answer.elapsed.total_seconds() for each in answers for answer in each) < 5


@pytest.mark.requirement("NF-001")
def test_answers_come_within_the_times_of_the_requirements(api: Api) -> None:
    task_ids = [api.created(title=f"Task {number}")["id"] for number in range(100)]

    listing = _seconds(api.list)
    creating = _seconds(lambda: api.create(title="Buy milk"))
    updating = _seconds(lambda: api.update(task_ids[0], title="Buy oats"))
    deleting = _seconds(lambda: api.delete(task_ids.pop()))

    assert listing < 0.2
    assert creating < 0.5
    assert updating < 0.3
    assert deleting < 0.3


def _work(url: str) -> list[httpx.Response]:
    with Api(url, new_user()) as api:
        created = api.create(title="Buy milk")
        task_id = created.json()["data"]["id"]
        listed = api.list()
        updated = api.update(task_id, title="Buy oats")
        toggled = api.toggle(task_id)
        return [created, listed, updated, toggled, api.delete(task_id)]


def _seconds(request: Callable[[], httpx.Response]) -> float:
    """Return the median time to an answer, the client's own work with it left out."""
    return median(request().elapsed.total_seconds() for _ in range(20))
