"""The headers that every answer has, whoever gives it: the application, the protocol, the stop."""

import re
from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from tests.support.api import Api, new_user, token_of
from tests.support.jws import DAY, in_
from tests.support.raw import Answer, request, send
from tests.support.service import FRONTEND, Service, running_service
from tests.support.stopping import answers, connected_to, stop

ID = "X-Request-ID: 8e03978e-40d5-43e8-bc93-6894a57f9324"
JSON = "Content-Type: application/json"
TOKEN = token_of(new_user(), exp=in_(DAY))
PREFLIGHT = (f"Origin: {FRONTEND}", "Access-Control-Request-Method: PUT")
STALLED = (
    b"POST /api/tasks HTTP/1.1\r\nHost: x\r\n%b\r\n%b\r\n"
    b"Authorization: Bearer %b\r\nContent-Length: 9\r\n\r\n"
)

ANSWERS: dict[str, tuple[bytes, int]] = {
    "a list": (request("GET /api/tasks", ID, token=TOKEN), 200),
    "a new task": (request("POST /api/tasks", ID, JSON, token=TOKEN, body=b'{"title":"x"}'), 201),
    "what has not changed": (request("GET /api/tasks", ID, "If-None-Match: *", token=TOKEN), 304),
    "a preflight": (request("OPTIONS /api/tasks", ID, *PREFLIGHT), 204),
    "options": (request("OPTIONS /api/tasks", ID), 204),
    "a head": (request("HEAD /api/tasks", ID, token=TOKEN), 200),
    "health": (request("GET /livez", ID), 200),
    "no token": (request("GET /api/tasks", ID), 401),
    "no task": (request("GET /api/tasks/12345", ID, token=TOKEN), 404),
    "no path": (request("GET /nothing", ID), 404),
    "no page": (request("GET /docs/nothing", ID), 404),
    "no such form of the contract": (request("GET /openapi.txt", ID), 404),
    "no method": (request("PATCH /api/tasks", ID), 405),
    "a body that stops": (STALLED % (ID.encode(), JSON.encode(), TOKEN.encode()), 408),
    "no match": (request("DELETE /api/tasks/12345", ID, token=TOKEN), 404),
    "a large body": (
        request("POST /api/tasks", ID, JSON, token=TOKEN, body=b" " * 1_048_577),
        413,
    ),
    "a form": (request("POST /api/tasks", ID, "Content-Type: x/y", token=TOKEN, body=b"x"), 415),
    "no title": (request("POST /api/tasks", ID, JSON, token=TOKEN, body=b"{}"), 422),
    "a chunk that is none": (
        request("POST /api/tasks", ID, JSON, "Transfer-Encoding: chunked", token=TOKEN) + b"x",
        400,
    ),
}
WITHOUT_A_HEAD = {
    "no HTTP": (b"\x16\x03\x01\r\n\r\n", 400),
    "large headers": (request("GET /livez", ID, f"X: {'x' * 20_000}"), 431),
}


def is_as_every_answer(answer: Answer) -> bool:
    expected = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return (
        expected.items() <= answer.headers.items()
        and "server" not in answer.headers
        and parsedate_to_datetime(answer.headers["date"]).tzinfo == UTC
    )


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_has_the_id_of_its_request(service: Service, kind: str) -> None:
    sent, status = ANSWERS[kind]

    answer = send(service.url, sent)

    assert answer.status == status
    assert answer.headers["x-request-id"] == ID.partition(": ")[2]
    assert is_as_every_answer(answer)


@pytest.mark.parametrize("kind", WITHOUT_A_HEAD)
def test_the_answer_to_what_is_no_request_has_an_id_of_its_own(service: Service, kind: str) -> None:
    sent, status = WITHOUT_A_HEAD[kind]

    first, second = send(service.url, sent), send(service.url, sent)

    assert first.status == status
    assert re.fullmatch("[0-9a-f]{32}", first.headers["x-request-id"])
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert is_as_every_answer(first)


def test_without_the_database_an_answer_has_them_too(service_without_database: Service) -> None:
    answer = send(service_without_database.url, request("GET /api/tasks", ID, token=TOKEN))

    assert answer.status == 503
    assert answer.headers["x-request-id"] == ID.partition(": ")[2]
    assert is_as_every_answer(answer)


@pytest.fixture
def stopping(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Give a service of its own, to be stopped."""
    with running_service(tmp_path, database_url) as service:
        yield service


def test_a_refusal_at_the_stop_has_them_too(stopping: Service) -> None:
    with connected_to(stopping) as half, connected_to(stopping) as body:
        half.sendall(b"GET /livez HTTP/1.1\r\n")
        body.sendall(ANSWERS["a body that stops"][0])
        stop(stopping)
        found = [*answers(half), *answers(body)]

    assert [answer.status for answer in found] == [503, 503]
    assert found[1].headers["x-request-id"] == ID.partition(": ")[2]
    assert all(is_as_every_answer(answer) for answer in found)


REFUSED_TYPES = [
    (["Content-Type: text/plain"], {"accept": "application/json"}),
    ([JSON, "Content-Encoding: gzip"], {"accept-encoding": "identity"}),
    (["Content-Type: text/plain", "Content-Encoding: br"], {"accept": "application/json"}),
]


@pytest.mark.parametrize(("headers", "offered"), REFUSED_TYPES)
def test_a_415_says_what_would_be_accepted(
    service: Service, headers: list[str], offered: dict[str, str]
) -> None:
    answer = send(service.url, request("POST /api/tasks", *headers, token=TOKEN, body=b"x"))

    assert answer.status == 415
    assert {n: v for n, v in answer.headers.items() if n.startswith("accept")} == offered


def test_an_answer_with_a_task_says_where_the_task_is(api: Api) -> None:
    created = api.create(title="Buy milk")
    path = created.headers["Location"]
    task_id = created.json()["data"]["id"]

    for answer in (created, api.update(task_id, title="x"), api.toggle(task_id)):
        assert answer.headers["Content-Location"] == path
    assert api.request("GET", path).json()["data"]["id"] == task_id


@pytest.mark.parametrize("path", ["/docs", "/docs/start.js", "/openapi.json", "/openapi.yaml"])
def test_what_is_published_may_be_kept_and_is_asked_for_again(service: Service, path: str) -> None:
    answer = send(service.url, request(f"GET {path}", ID))

    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "server" not in answer.headers
