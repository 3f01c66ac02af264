"""A key makes it safe to send a POST again: one task, and the first answer every time."""

import pytest

from tests.support.api import Api, answer_of, error_of, violations_of
from tests.support.database import query
from tests.support.service import Service

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
REUSED = [("Idempotency-Key", "Idempotency-Key was used with another body")]


def test_no_token_is_unauthorized_whatever_the_key(api: Api, anonymous: Api) -> None:
    api.create(KEY, title="Buy milk")

    assert anonymous.create(KEY, title="Buy milk").status_code == 401


def test_the_same_key_of_another_user_is_another_key(api: Api, stranger: Api) -> None:
    mine = api.create(KEY, title="Buy milk")
    theirs = stranger.create(KEY, title="Buy oats")

    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert api.list().json()["data"] == [mine.json()["data"]]
    assert stranger.list().json()["data"] == [theirs.json()["data"]]


@pytest.mark.parametrize("task", [{}, {"description": None}, {"description": "Two litres"}])
def test_the_same_key_and_body_give_the_first_answer_and_one_task(
    api: Api, task: dict[str, object]
) -> None:
    answers = [api.create(KEY, title="Buy milk", **task) for _ in range(3)]

    assert len({answer_of(answer) for answer in answers}) == 1
    assert api.list().json()["data"] == [answers[0].json()["data"]]


def test_a_replay_can_be_recognised(api: Api) -> None:
    answers = [api.create(KEY, title="Buy milk") for _ in range(3)]

    replayed = [answer.headers.get("Idempotency-Replayed") for answer in answers]
    assert replayed == [None, "true", "true"]


@pytest.mark.parametrize(
    ("bare", "string"),
    [
        ("8e03978e", '"8e03978e"'),
        ('a"b', r'"a\"b"'),
        (r"a\b", r'"a\\b"'),
        (r'"a\x"', r'"\"a\\x\""'),
    ],
)
def test_a_key_is_the_same_bare_and_as_a_string(api: Api, bare: str, string: str) -> None:
    first = api.create({"Idempotency-Key": bare}, title="Buy milk")
    second = api.create({"Idempotency-Key": string}, title="Buy milk")

    assert answer_of(first) == answer_of(second)


@pytest.mark.parametrize("key", ['"a b"', '""', '"', '"a', 'a"'])
def test_whatever_is_in_quotes_is_a_key(api: Api, key: str) -> None:
    answers = [api.create({"Idempotency-Key": key}, title="Buy milk") for _ in range(2)]

    assert answer_of(answers[0]) == answer_of(answers[1])


def test_the_same_body_may_be_spelt_in_another_way(api: Api) -> None:
    first = api.create(KEY, title="Buy milk", description=None)

    headers = {**KEY, "Content-Type": "application/json; charset=utf-8"}
    body = b' {"title": "Buy \\u006dilk"}\n'
    again = api.request("POST", "/api/tasks/", headers=headers, content=body)

    assert answer_of(again) == answer_of(first)
    assert len(api.list().json()["data"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Buy oats", "description": "Two litres"},
        {"title": "Buy milk"},
        {"title": "Buy milk", "description": ""},
        {"title": "Buy milk", "description": "Two litres "},
        {"title": "Two litres", "description": "Buy milk"},
    ],
)
def test_the_same_key_with_another_body_is_not_valid(api: Api, other: dict[str, object]) -> None:
    first = api.create(KEY, title="Buy milk", description="Two litres")

    response = api.create(KEY, **other)

    assert error_of(response)[:2] == (422, "IDEMPOTENCY_KEY_REUSED")
    assert violations_of(response) == REUSED
    assert api.list().json()["data"] == [first.json()["data"]]


def test_an_empty_description_is_not_an_absent_one(api: Api) -> None:
    api.create(KEY, title="Buy milk")

    assert violations_of(api.create(KEY, title="Buy milk", description="")) == REUSED


def test_another_key_or_none_makes_another_task(api: Api) -> None:
    other = {"Idempotency-Key": KEY["Idempotency-Key"].upper()}

    for headers in (KEY, other, None, None):
        assert api.create(headers, title="Buy milk").status_code == 201

    assert len(api.list().json()["data"]) == 4


def test_a_request_that_is_not_valid_leaves_its_key_unused(api: Api) -> None:
    assert violations_of(api.create(KEY, title="")) == [("title", "Title is required")]

    assert api.create(KEY, title="Buy milk").status_code == 201


def test_the_first_answer_outlives_a_change_of_its_task(api: Api) -> None:
    first = api.create(KEY, title="Buy milk")
    task_id = first.json()["data"]["id"]
    api.update(task_id, title="Buy oats")
    changed = api.toggle(task_id).json()["data"]

    again = api.create(KEY, title="Buy milk")

    assert answer_of(again) == answer_of(first)
    assert api.list().json()["data"] == [changed]


def test_the_first_answer_outlives_its_task(api: Api) -> None:
    first = api.create(KEY, title="Buy milk")
    api.delete(first.json()["data"]["id"])

    again = api.create(KEY, title="Buy milk")

    assert answer_of(again) == answer_of(first)
    assert api.list().json()["data"] == []


def test_a_key_is_free_again_after_24_hours(api: Api, service: Service) -> None:
    first = api.create(KEY, title="Buy milk")
    age(service, api, "23 hours 59 minutes")
    still = api.create(KEY, title="Buy milk")
    age(service, api, "24 hours 1 minute")

    later = api.create(KEY, title="Buy oats")

    assert answer_of(still)[2] == answer_of(first)[2]
    assert answer_of(later)[2] != answer_of(first)[2]
    assert answer_of(api.create(KEY, title="Buy oats")) == answer_of(later)
    assert len(api.list().json()["data"]) == 2


def test_old_keys_are_removed_by_the_next_one(api: Api, stranger: Api, service: Service) -> None:
    for number in range(3):
        stranger.create({"Idempotency-Key": f"old-{number}"}, title="Buy milk")
    age(service, stranger, "25 hours")

    api.create({"Idempotency-Key": "new"}, title="Buy milk")

    rows = query(
        service.database_url,
        "SELECT user_id, key FROM idempotency_keys WHERE user_id IN (%s, %s)",
        api.user_id,
        stranger.user_id,
    )
    assert rows == [(api.user_id, "new")]


def age(service: Service, api: Api, age: str) -> None:
    """Set the first use of the user's keys back, so that it was this long ago."""
    statement = "UPDATE idempotency_keys SET created_at = now() - %s::interval WHERE user_id = %s"
    query(service.database_url, statement, age, api.user_id)
