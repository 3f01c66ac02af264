"""What is no proper HTTP, comes slowly, or is too large: bytes in, status and code out."""

import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.api import Api
from tests.raw import chunked, request, send
from tests.service import Service

JSON = "Content-Type: application/json"
BODY = b'{"title": "x"}'

NO_HTTP: dict[str, bytes] = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
    "an unknown method": b"FOO /api/tasks HTTP/1.1\r\nHost: x\r\n\r\n",
    "a tunnel": b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a raw byte in the path": b"GET /api/tasks/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "a raw byte in the query": b"GET /api/tasks?\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL in a header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
    "a folded header": b"GET /livez HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n",
    "two lengths": b"POST /livez HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a negative length": b"POST /livez HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "an endless length": b"POST /livez HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
    "a length and chunks": b"POST /livez HTTP/1.1\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"POST /livez HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_a_bad_request(service: Service, sent: bytes) -> None:
    answer = send(service.url, sent)

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "head",
    [
        [f"X: {'a' * 16_384}"],
        [f"X-{n}: {'a' * 100}" for n in range(200)],
        ["X: " + "a" * 1_000_000],
    ],
    ids=["one header", "many headers", "a megabyte"],
)
def test_headers_over_16_kib_are_too_large(service: Service, head: list[str]) -> None:
    answer = send(service.url, request("GET /livez", *head))

    assert (answer.status, answer.code) == (431, "HEADERS_TOO_LARGE")


def test_a_header_that_never_ends_is_too_large(service: Service) -> None:
    answer = send(service.url, b"GET /livez HTTP/1.1\r\nX: " + b"a" * 20_000)

    assert answer.status == 431


def test_headers_under_16_kib_are_read(service: Service) -> None:
    assert send(service.url, request("GET /livez", f"X: {'a' * 16_000}")).status == 200


def test_sixty_half_heads_disturb_nobody_and_do_not_live_long(service: Service, api: Api) -> None:
    address = urlsplit(service.url)
    started = time.monotonic()
    half = [socket.create_connection((address.hostname, address.port)) for _ in range(60)]
    for connection in half:
        connection.sendall(b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX")

    assert api.create(title="Meanwhile").status_code == 201
    assert time.monotonic() - started < 2

    for connection in half:
        connection.settimeout(15)
        assert connection.recv(1) == b""
        connection.close()
    assert time.monotonic() - started < 15


def test_a_second_half_head_on_a_connection_does_not_live_long_either(service: Service) -> None:
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=15) as connection:
        connection.sendall(request("GET /livez"))
        received = b""
        while not received.endswith(b"}"):
            received += connection.recv(4096)
        connection.sendall(b"GET /livez HT")
        assert connection.recv(1) == b""


def test_requests_that_come_together_are_answered_in_turn(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=api.token)
    last = request("GET /livez", "Connection: close")
    sent = (head + chunked(BODY)) * 2 + request("GET /nothing") + last

    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=15) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]] == [201, 201, 404, 200]


@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.2"])
def test_the_offer_of_another_protocol_is_ignored(
    service: Service, api: Api, protocol: str
) -> None:
    offer = ["Connection: Upgrade, HTTP2-Settings", f"Upgrade: {protocol}"]

    answer = send(service.url, request("POST /api/tasks", JSON, *offer, token=api.token, body=BODY))

    assert answer.status == 201
    assert len(api.list().json()["data"]) == 1


def test_a_client_that_goes_away_leaves_no_traceback(service: Service, api: Api) -> None:
    address = urlsplit(service.url)
    whole = request("POST /api/tasks", JSON, token=api.token, body=BODY)
    for length in (10, 100, len(whole) - 1, len(whole)):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(whole[:length])

    assert api.list().status_code == 200
    assert "Traceback" not in service.log.read_text()
