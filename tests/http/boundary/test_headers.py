"""What the headers of a request may be: bytes in, status and code out, and nothing stored."""

import pytest

from tests.support.api import Api
from tests.support.raw import Answer, fields, request, send
from tests.support.service import Service

JSON = "Content-Type: application/json"
TAG = b'"2026-01-31T09:30:00.123456Z"'
BODY = b'{"title": "Buy milk"}'
LIMIT = 4096

NO_TAGS: dict[str, list[bytes]] = {
    "no quotes": [b"abc"],
    "single quotes": [b"'abc'"],
    "one quote": [b'"'],
    "three quotes": [b'"a""'],
    "no comma": [b'"a" "b"'],
    "no comma and no space": [b'"a""b"'],
    "a space within": [b'"a b"'],
    "a tab within": [b'"a\tb"'],
    "a small w": [b'w/"a"'],
    "W without a slash": [b'W"a"'],
    "a space behind W/": [b'W/ "a"'],
    "a semicolon": [b'"a"; "b"'],
    "a star and more": [b'*, "a"'],
    "more and a star": [b'"a", *'],
    "two stars": [b"*", b"*"],
    "a star in another header": [b"*", TAG],
    "a bad one among good": [TAG, b"abc", TAG],
    "a date": [b"Sat, 31 Jan 2026 09:30:00 GMT"],
    "4,097 bytes": [b'"' + b"a" * (LIMIT - 1) + b'"'],
    "many headers": [TAG] * 200,
}
TAGS: dict[str, list[bytes]] = {
    "nothing": [b""],
    "commas": [b", ,\t,,"],
    "an empty tag": [b'""'],
    "a weak tag": [b'W/"a"'],
    "several": [b'"a","b" , W/"c"\t,"d"'],
    "empty members": [b',"a",, ,"b",'],
    "white space around": [b' \t "a" \t '],
    "a comma within": [b'"a,b"'],
    "W/ within": [b'"W/"'],
    "a backslash": [b'"a\\"'],
    "every character": [b'"!' + bytes(range(0x23, 0x7F)) + bytes(range(0x80, 0x100)) + b'"'],
    "4,096 bytes": [b'"' + b"a" * (LIMIT - 2) + b'"'],
    "4,096 commas": [b"," * LIMIT],
    "two headers": [b'"a"', b'W/"b"'],
    "two headers and an empty one": [b'"a"', b"", b'"b"'],
}
HOSTILE: dict[str, bytes] = {
    "commas": b"," * 15_360,
    "commas and spaces": b", " * 7_680,
    "spaces and no end": b'"a"' + b" " * 15_000 + b"x",
    "commas and no end": b'"a"' + b" ," * 7_500 + b"x",
    "quotes": b'"' * 15_360,
    "weak quotes": b'W/"' * 5_120,
    "tags and no end": b'"a",' * 3_800 + b"x",
    "an open tag": b'"' + b"a" * 15_000,
    "tags far apart": (b'"a"' + b" " * 10 + b",") * 1_090 + b"x",
}


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("values", NO_TAGS.values(), ids=NO_TAGS)
def test_what_is_no_list_of_tags_is_not_valid(
    service: Service, api: Api, name: str, values: list[bytes]
) -> None:
    task = api.created()

    answer = conditional(service, api, task["id"], name, values)

    assert answer.blames(name), answer
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("values", TAGS.values(), ids=TAGS)
def test_a_list_of_tags_is_known_in_every_spelling(
    service: Service, api: Api, name: str, values: list[bytes]
) -> None:
    task = api.created()

    answer = conditional(service, api, task["id"], name, values)

    assert answer.status == {"If-Match": 412, "If-None-Match": 200}[name], answer
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize(
    "values",
    [["{}"], ['"a",{}'], ['{},W/"a"'], [" , {} ,"], ['"a"', "{}"], ["{}", ""]],
    ids=str,
)
def test_a_tag_is_found_among_others(
    service: Service, api: Api, name: str, values: list[str]
) -> None:
    created = api.create(title="Buy milk")
    sent = [value.format(created.headers["ETag"]).encode() for value in values]

    answer = conditional(service, api, created.json()["data"]["id"], name, sent)

    assert answer.status == {"If-Match": 200, "If-None-Match": 304}[name], answer


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", ["Idempotency-Key", "If-Match", "If-None-Match"])
def test_a_value_that_is_made_to_be_slow_is_refused_and_holds_up_nobody(
    service: Service, api: Api, name: str, value: bytes
) -> None:
    answer = conditional(service, api, 1, name, [value])

    assert answer.blames(name), answer


def test_every_violation_of_body_query_and_headers_is_in_one_answer(
    service: Service, api: Api
) -> None:
    sent = request("PUT /api/tasks/0?x", JSON, "If-Match: abc", token=api.token, body=b"{}")

    answer = send(service.url, sent)

    assert [detail["field"] for detail in answer.details] == ["id", "x", "If-Match", "title"]


def test_a_missing_token_comes_before_a_bad_header(service: Service) -> None:
    for name in ("If-Match: abc", "If-None-Match: abc"):
        assert send(service.url, request("GET /api/tasks/1", name)).status == 401
        assert send(service.url, request("DELETE /api/tasks/1", name)).status == 401


@pytest.mark.parametrize(
    ("line", "header"),
    [
        ("GET /api/tasks", "Idempotency-Key:"),
        ("GET /api/tasks", "If-Modified-Since: Sat, 31 Jan 2099 09:30:00 GMT"),
        ("GET /api/tasks/{id}", "If-Unmodified-Since: Sat, 31 Jan 1970 09:30:00 GMT"),
        ("GET /livez", "If-Match: abc"),
        ("PATCH /api/tasks/{id}/complete", "If-Unmodified-Since: Sat, 31 Jan 1970 09:30:00 GMT"),
        ("PATCH /api/tasks/{id}/complete", "Idempotency-Key:"),
        ("GET /livez", "If-None-Match: abc"),
    ],
)
def test_a_condition_that_the_operation_does_not_know_is_ignored(
    service: Service, api: Api, line: str, header: str
) -> None:
    task_id = api.created()["id"]

    answer = send(service.url, request(line.format(id=task_id), header, token=api.token))

    assert answer.status == 200


def conditional(service: Service, api: Api, task_id: int, name: str, values: list[bytes]) -> Answer:
    if name == "Idempotency-Key":
        sent = request("POST /api/tasks", JSON, *fields(name, values), token=api.token, body=BODY)
        return send(service.url, sent)
    line = {
        "If-Match": f"PATCH /api/tasks/{task_id}/complete",
        "If-None-Match": f"GET /api/tasks/{task_id}",
    }[name]
    return send(service.url, request(line, *fields(name, values), token=api.token))
