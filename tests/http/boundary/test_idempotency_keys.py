"""What an `Idempotency-Key` may be: bytes in, one task or none."""

import pytest

from tests.support.api import Api
from tests.support.raw import fields, request, send
from tests.support.service import Service

JSON = "Content-Type: application/json"
BODY = b'{"title": "Buy milk"}'

NO_KEYS: dict[str, list[bytes]] = {
    "empty": [b""],
    "white space": [b" \t "],
    "white space within": [b"a b"],
    "a tab within": [b"a\tb"],
    "256 characters": [b"k" * 256],
    "15,000 characters": [b"k" * 15_000],
    "Latin-1": [b"\xe9"],
    "UTF-8": ["é".encode()],
    "two headers": [b"a", b"b"],
    "the same header twice": [b"a", b"a"],
    "an empty one first": [b"", b"a"],
}
KEYS: dict[str, bytes] = {
    "one character": b"k",
    "255 characters": b"k" * 255,
    "every visible character": bytes(range(0x21, 0x7F)),
    "white space around": b" \t key \t ",
    "a quoted key": b'"8e03978e-40d5-43e8-bc93-6894a57f9324"',
    "a comma": b"a,b",
    "SQL": b"');DROP/**/TABLE/**/idempotency_keys;--%s%(key)s:key",
}


@pytest.mark.parametrize("values", NO_KEYS.values(), ids=NO_KEYS)
def test_a_key_that_is_none_is_not_valid(service: Service, api: Api, values: list[bytes]) -> None:
    headers = [JSON, *fields("Idempotency-Key", values)]

    answer = send(service.url, request("POST /api/tasks", *headers, token=api.token, body=BODY))

    assert answer.blames("Idempotency-Key"), answer
    assert api.list().json()["data"] == []


@pytest.mark.parametrize("name", ["Idempotency-Key", "IDEMPOTENCY-KEY", "idempotency-key"])
@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_key_is_any_visible_text(service: Service, api: Api, name: str, key: bytes) -> None:
    spellings = (name.encode() + b": " + key, b"Idempotency-Key:" + key.strip(b" \t"))

    answers = [
        send(service.url, request("POST /api/tasks", JSON, spelling, token=api.token, body=BODY))
        for spelling in spellings
    ]

    assert [answer.status for answer in answers] == [201, 201], answers
    assert answers[0].body == answers[1].body
    assert len(api.list().json()["data"]) == 1
