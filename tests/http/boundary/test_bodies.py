"""What the body of a request may be: bytes in, status and code out, and nothing stored."""

import time

import orjson
import pytest

from tests.support.api import Api
from tests.support.raw import chunked, request, send
from tests.support.service import Service

JSON = "Content-Type: application/json"

REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "white space": b" \n",
    "no JSON": b"title=x",
    "cut off": b'{"title": "x"',
    "two documents": b'{"title": "x"} {}',
    "a trailing comma": b'{"title": "x",}',
    "single quotes": b"{'title': 'x'}",
    "a comment": b'{"title": "x"} // y',
    "null": b"null",
    "an array": b'[{"title": "x"}]',
    "a string": b'"title"',
    "a number": b"1",
    "NaN": b'{"title": NaN}',
    "Infinity": b'{"title": "x", "description": -Infinity}',
    "1e400": b'{"title": 1e400}',
    "an integer of 5,000 digits": b'{"title": ' + b"9" * 5000 + b"}",
    "a float of 5,000 digits": b'{"title": 0.' + b"9" * 5000 + b"}",
    "duplicate keys": b'{"title": "x", "title": "y"}',
    "duplicate keys in two spellings": b'{"title": "x", "t\\u0069tle": "y"}',
    "nesting of 33": b'{"title": ' + b"[" * 33 + b"]" * 33 + b"}",
    "nesting of 1,000": b'{"title": ' + b"[" * 1000 + b"]" * 1000 + b"}",
    "100,000 brackets": b"[" * 100_000,
    "100,000 objects": b'{"a":' * 100_000,
    "NUL in a value": b'{"title": "a\\u0000b"}',
    "NUL in the description": b'{"title": "a", "description": "\\u0000"}',
    "NUL in a key": b'{"title": "a", "\\u0000": 1}',
    "a raw NUL": b'{"title": "a\x00b"}',
    "a raw newline": b'{"title": "a\nb"}',
    "a lone high surrogate": b'{"title": "\\ud800"}',
    "a lone low surrogate": b'{"title": "\\udc00x"}',
    "surrogates in the wrong order": b'{"title": "\\udc00\\ud800"}',
    "a lone surrogate in a key": b'{"title": "x", "\\ud800": 1}',
    "a byte-order mark": b'\xef\xbb\xbf{"title": "x"}',
    "an overlong form": b'{"title": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{"title": "\xed\xa0\x80"}',
    "beyond Unicode": b'{"title": "\xf4\x90\x80\x80"}',
    "a cut-off character": b'{"title": "\xe2\x82"}',
    "Latin-1": '{"title": "Grüße"}'.encode("latin-1"),
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "UTF-16 without a mark": '{"title": "x"}'.encode("utf-16-le"),
    "UTF-32": '{"title": "x"}'.encode("utf-32"),
    "an unknown property": b'{"title": "x", "completed": true}',
    "a user id": b'{"title": "x", "user_id": "somebody"}',
    "a key in another letter case": b'{"Title": "x"}',
    "a prototype": b'{"title": "x", "__proto__": {}}',
}


@pytest.mark.requirement("FR-037")
@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_a_body_that_is_no_task_is_not_valid(service: Service, api: Api, body: bytes) -> None:
    started = time.monotonic()

    answer = send(service.url, request("POST /api/tasks", JSON, token=api.token, body=body))

    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), answer.body
    assert len(answer.body) <= 2048
    assert time.monotonic() - started < 10
    assert api.list().json()["data"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"title": "x", "%s": 1}' % (b"k" * 500_000), "k"),
        (b"{%s}" % b",".join(b'"k%d":1' % n for n in range(900)), "k0"),
        (b"{%s}" % b",".join(b'"k%d":1' % n for n in range(50_000)), "body"),
        (b'{"title": "x", "description": "%s"}' % (b"d" * 900_000), "description"),
        (b'{"title": "x", "%s": 1}' % ("\u2028\u202e" * 1000).encode(), "\u2028"),
    ],
    ids=["a long key", "many keys", "too many keys", "a long description", "odd keys"],
)
def test_an_error_is_small_whatever_came_in(
    service: Service, api: Api, body: bytes, field: str
) -> None:
    answer = send(service.url, request("POST /api/tasks", JSON, token=api.token, body=body))

    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert len(answer.body) <= 2048
    assert field.encode() in answer.body


@pytest.mark.parametrize(("count", "field"), [(997, "k"), (998, "body")])
@pytest.mark.parametrize("value", [b"{}", b"[]"])
def test_a_body_has_a_thousand_values_at_most(
    service: Service, api: Api, count: int, field: str, value: bytes
) -> None:
    # The object, its comma, the array, and for all but one of its numbers a comma.
    body = b'{"title": "x", "k": [%s]}' % b",".join([b"0"] * (count - 1) + [value])

    answer = send(service.url, request("POST /api/tasks", JSON, token=api.token, body=body))

    assert answer.blames(field)


@pytest.mark.parametrize("text", ['\\"', "\\", '"', ",", "[{", '\\",[{'])
def test_what_a_text_contains_is_no_value(service: Service, api: Api, text: str) -> None:
    task = {"title": "\\", "description": text * 1001}

    answer = send(
        service.url, request("POST /api/tasks", JSON, token=api.token, body=orjson.dumps(task))
    )

    assert answer.status == 201
    assert api.list().json()["data"][0]["description"] == task["description"]


@pytest.mark.parametrize("size", [1_048_577, 3_000_000])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_over_the_limit_is_too_large(
    service: Service, api: Api, size: int, framing: str
) -> None:
    body = b'{"title": "' + b"x" * (size - 13) + b'"}'

    if framing == "length":
        sent = request("POST /api/tasks", JSON, token=api.token, body=body)
    else:
        sent = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=api.token)
        sent += chunked(*(body[at : at + 65536] for at in range(0, size, 65536)))
    answer = send(service.url, sent)

    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert api.list().json()["data"] == []


def test_a_body_too_large_by_its_header_is_refused_before_it_is_sent(
    service: Service, api: Api
) -> None:
    head = request("POST /api/tasks", JSON, "Content-Length: 100000000", token=api.token)

    assert send(service.url, head).status == 413


def test_a_body_of_just_the_limit_is_read(service: Service, api: Api) -> None:
    body = b'{"title": "x"}'.ljust(1_048_576)

    answer = send(service.url, request("POST /api/tasks", JSON, token=api.token, body=body))

    assert answer.status == 201


def test_a_chunked_body_is_a_body_like_any_other(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=api.token)

    answer = send(service.url, head + chunked(b'{"ti', b'tle": "Buy', b' milk"}'))

    assert answer.status == 201
    assert [task["title"] for task in api.list().json()["data"]] == ["Buy milk"]


@pytest.mark.requirement("FR-043")
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        " application/json ",
        "application/json;charset=utf-8",
        'application/json ; charset="UTF-8"',
        'application/json;profile="https://example.com/a;b/c"; charset=Utf-8',
        "application/json;",
        "application/json" + " ;" * 1000,
    ],
    ids=lambda content_type: content_type[:60],
)
def test_json_is_known_in_every_spelling(service: Service, api: Api, content_type: str) -> None:
    body = '{"title": "Grüße"}'.encode()
    header = f"Content-Type:{content_type}"

    answer = send(service.url, request("POST /api/tasks", header, token=api.token, body=body))

    assert answer.status == 201, answer.body
    assert [task["title"] for task in api.list().json()["data"]] == ["Grüße"]


@pytest.mark.requirement("FR-043")
@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Content-Type:"],
        [JSON, JSON],
        [JSON, "Content-Type: text/plain"],
        ["Content-Type: text/plain"],
        ["Content-Type: application/json, text/plain"],
        ["Content-Type: application/json charset=utf-8"],
        ["Content-Type: application/jsonp"],
        ["Content-Type: application/problem+json"],
        ["Content-Type: application/json; charset=utf-7"],
        ["Content-Type: application/json; charset=utf-16"],
        ["Content-Type: application/json; charset=latin1"],
        ["Content-Type: application/json; charset=klingon"],
        ["Content-Type: application/json; charset=utf-8; charset=utf-7"],
        ["Content-Type: application/json; charset"],
        ["Content-Type: application/x-www-form-urlencoded"],
        ["Content-Type: multipart/form-data; boundary=x"],
        ["Content-Type: */*"],
        [b"Content-Type: \xff\xfe"],
        [JSON, "Content-Encoding: gzip"],
        [JSON + ";  " * 1000 + "!"],
        [JSON + ' ; a="' + "\\\\" * 1000],
    ],
    ids=lambda headers: str(headers)[:60],
)
def test_another_type_of_body_is_not_supported(
    service: Service, api: Api, headers: list[str | bytes]
) -> None:
    body = b'{"title": "x"}'
    started = time.monotonic()

    answer = send(service.url, request("POST /api/tasks", *headers, token=api.token, body=body))

    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE"), answer.body
    assert time.monotonic() - started < 10
    assert api.list().json()["data"] == []


@pytest.mark.parametrize(
    "content_type",
    [
        JSON,
        "Content-Type: multipart/form-data",
        b"Content-Type: \xff",
        "Content-Type: a/b; charset",
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [b"", b"{", b"--x", b'{"title": "y"}'])
def test_a_body_that_nobody_asked_for_is_ignored(
    service: Service, api: Api, content_type: str | bytes, body: bytes
) -> None:
    task = api.created()
    line = f"PATCH /api/tasks/{task['id']}/complete"

    answer = send(service.url, request(line, content_type, token=api.token, body=body))

    assert answer.status == 200
    assert api.get(task["id"]).json()["data"]["title"] == task["title"]
