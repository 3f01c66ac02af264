"""A POST that is sent again while the first try is at work, or after the service was killed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.support.api import Api, SignIn, answer_of, new_user
from tests.support.service import Service, running_service

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


@pytest.mark.parametrize("tries", [2, 8])
def test_of_tries_at_once_each_gets_the_same_answer(api: Api, tries: int) -> None:
    with ThreadPoolExecutor(tries) as threads:
        for number in range(20):
            key = {"Idempotency-Key": f"at-once-{number}"}

            answers = [threads.submit(api.create, key, title="Buy milk") for _ in range(tries)]

            assert len({answer_of(answer.result()) for answer in answers}) == 1
    assert len(api.list().json()["data"]) == 20


def test_of_two_bodies_at_once_one_is_stored_and_the_other_refused(api: Api) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(20):
            key = {"Idempotency-Key": f"either-{number}"}

            answers = [threads.submit(api.create, key, title=title) for title in ("Milk", "Oats")]

            assert sorted(answer.result().status_code for answer in answers) == [201, 422]
    assert len(api.list().json()["data"]) == 20


def test_the_first_answer_comes_from_another_process_too(
    database_url: str, tmp_path: Path, sign_in: SignIn
) -> None:
    user_id = new_user()
    with running_service(tmp_path, database_url) as before:
        first = sign_in(user_id, url=before.url).create(KEY, title="Buy milk")
        before.process.kill()
        before.process.wait()

    with running_service(tmp_path, database_url) as after:
        api = sign_in(user_id, url=after.url)
        again = api.create(KEY, title="Buy milk")

        assert answer_of(again) == answer_of(first)
        assert len(api.list().json()["data"]) == 1


def test_a_service_that_is_killed_half_way_leaves_one_task_for_each_key(
    database_url: str, tmp_path: Path, sign_in: SignIn
) -> None:
    user_id, keys = new_user(), [{"Idempotency-Key": f"half-way-{n}"} for n in range(200)]
    with running_service(tmp_path, database_url) as before:
        api = sign_in(user_id, url=before.url)
        api.created()
        acknowledged = dict(_until_killed(before, api, keys))

    with running_service(tmp_path, database_url) as after:
        api = sign_in(user_id, url=after.url)
        answers = {n: answer_of(api.create(key, title=f"{n}")) for n, key in enumerate(keys)}
        titles = [task["title"] for task in api.list().json()["data"]]

    assert 0 < len(acknowledged) < len(keys)
    assert acknowledged.items() <= answers.items()
    assert sorted(titles) == sorted([*map(str, range(len(keys))), "Buy milk"])


def _until_killed(
    service: Service, api: Api, keys: list[dict[str, str]]
) -> Iterator[tuple[int, tuple[int, bytes, str, str]]]:
    """Send them all, four at a time, kill the service among them, and give what was answered."""

    def send(number: int) -> httpx.Response | None:
        with suppress(httpx.TransportError):
            return api.create(keys[number], title=f"{number}")
        return None

    with ThreadPoolExecutor(4) as threads:
        for number, answer in enumerate(threads.map(send, range(len(keys)))):
            if number == len(keys) // 4:
                service.process.kill()
            if answer is not None:
                yield number, answer_of(answer)
