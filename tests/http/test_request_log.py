"""One line for each request: what is in it, and what never is."""

import socket
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tasks_api.observability.request_log import RequestLog
from tests.support.api import Api, SignIn, new_user, token_of
from tests.support.log import awaited, logged
from tests.support.raw import request, send
from tests.support.service import FRONTEND, SECRET, Service, running_service

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
FIELDS = {
    "time",
    "level",
    "severity",
    "event",
    "method",
    "route",
    "status",
    "duration_ms",
    "bytes",
    "request_id",
    "trace_id",
    "user",
}


def test_a_request_is_one_line_with_every_field(service: Service, api: Api) -> None:
    headers = {"X-Request-ID": "every-field", "Traceparent": f"00-{TRACE}-{'1' * 16}-01"}

    response = api.list(headers)

    line = awaited(service.log, "request", request_id="every-field")
    assert set(line) == FIELDS
    assert line["time"].endswith("Z")
    assert 0 < line["duration_ms"] < 60_000
    expected = {"method": "GET", "route": "/api/tasks", "status": 200}
    assert {"level": "info", "severity": "INFO", **expected}.items() <= line.items()
    assert (line["trace_id"], line["bytes"]) == (TRACE, len(response.content))
    assert len(logged(service.log, "request", request_id="every-field")) == 1


def test_a_user_is_hashed_with_a_key_and_always_alike(service: Service, sign_in: SignIn) -> None:
    user_id = new_user()
    for who, id_ in ((user_id, "hash-1"), (user_id, "hash-2"), (new_user(), "hash-3")):
        sign_in(who).list({"X-Request-ID": id_})

    first, second, other = (
        awaited(service.log, "request", request_id=f"hash-{n}")["user"] for n in (1, 2, 3)
    )
    assert first == second == RequestLog(SECRET).pseudonym_of(user_id)
    assert first not in (other, RequestLog(SECRET[::-1]).pseudonym_of(user_id))
    assert user_id not in service.log.read_text()


@pytest.mark.parametrize(
    ("target", "route", "status"),
    [
        ("GET /api/tasks/12345", "/api/tasks/{id}", 404),
        ("GET /api/tasks/marker", "/api/tasks/{id}", 422),
        ("PATCH /api/tasks/12345/complete/", "/api/tasks/{id}/complete", 404),
        ("DELETE /api/tasks?marker=1", "/api/tasks", 405),
        ("OPTIONS /api/tasks", "/api/tasks", 204),
        ("PUT /livez", "/livez", 405),
        ("GET /docs/", "/docs", 307),
        ("GET /", "/", 307),
        ("GET /marker", None, 404),
        ("GET /docs/marker", None, 404),
    ],
)
def test_the_route_is_the_contracts_and_never_what_was_sent(
    service: Service, target: str, route: str | None, status: int
) -> None:
    id_ = uuid4().hex

    send(service.url, request(target, f"X-Request-ID: {id_}", token=token_of(new_user())))

    line = awaited(service.log, "request", request_id=id_)
    assert (line["route"], line["status"]) == (route, status)
    assert "marker" not in service.log.read_text()


def test_a_probe_is_a_line_only_at_debug(
    service: Service, service_without_database: Service, tmp_path: Path
) -> None:
    probes = ("GET /livez", "HEAD /livez", "GET /readyz", "GET /readyz?deep=1")
    silent = service_without_database

    with running_service(tmp_path, service.database_url, LOG_LEVEL="debug") as talkative:
        for each in (service, silent, talkative):
            for n, probe in enumerate(probes):
                send(each.url, request(probe, f"X-Request-ID: probe-{n}"))
            send(each.url, request("GET /nothing", "X-Request-ID: last"))
            awaited(each.log, "request", request_id="last")

    def levels(service: Service) -> list[str]:
        lines = logged(service.log, "request")
        return [line["level"] for line in lines if line["request_id"].startswith("probe-")]

    assert levels(service) == []
    assert levels(silent) == ["warning", "warning"]
    assert levels(talkative) == ["debug"] * 4


def test_head_has_no_bytes(service: Service) -> None:
    send(service.url, request("HEAD /docs", "X-Request-ID: head"))

    assert awaited(service.log, "request", request_id="head")["bytes"] == 0


def test_a_refused_token_says_why_in_a_word(service: Service, anonymous: Api) -> None:
    anonymous.list({"X-Request-ID": "no-token"})
    bearer = f"Bearer {token_of('alice', exp=1)}"
    anonymous.list({"X-Request-ID": "old-token", "Authorization": bearer})

    assert awaited(service.log, "request", request_id="no-token")["refusal"] == "missing_token"
    assert awaited(service.log, "request", request_id="old-token")["refusal"] == "expired"


def test_a_preflight_is_a_line_as_well(service: Service) -> None:
    asks = (f"Origin: {FRONTEND}", "Access-Control-Request-Method: PUT")

    send(service.url, request("OPTIONS /api/tasks", *asks, "X-Request-ID: preflight"))

    assert awaited(service.log, "request", request_id="preflight")["status"] == 204


def test_what_is_no_request_is_a_line_without_one(service: Service) -> None:
    answer = send(service.url, b"marker\r\n\r\n")

    id_ = answer.headers["x-request-id"]
    line = awaited(service.log, "request", request_id=id_)
    assert (line["status"], line["method"], line["route"]) == (400, None, None)
    assert line["bytes"] == len(answer.body)
    assert len(logged(service.log, "request", request_id=id_)) == 1


def test_who_leaves_before_the_answer_is_told_apart(service: Service) -> None:
    address = urlsplit(service.url)
    head = request("POST /api/tasks", "Content-Type: application/json", "X-Request-ID: left")
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n")
    with socket.create_connection((address.hostname, address.port)) as connection:
        token = f"\r\nAuthorization: Bearer {token_of(new_user())}\r\n\r\n"
        connection.sendall(head.replace(b"\r\n\r\n", token.encode()))

    line = awaited(service.log, "request", request_id="left")
    assert line["cut_off"] is True
