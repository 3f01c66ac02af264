"""What is no proper HTTP, comes slowly, or is too large: bytes in, status and code out."""

import select
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from tests.support.api import Api
from tests.support.log import failures
from tests.support.raw import chunked, request, send
from tests.support.service import Service

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
    "two lengths": b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
    b"Content-Length: 2\r\n\r\nab",
    "a negative length": b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "an endless length": b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: "
    + b"9" * 30
    + b"\r\n\r\n",
    "a length and chunks": b"POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an unknown coding": b"POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    "two codings": b"POST /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    b"0\r\n\r\n",
    "a coding of HTTP/1.0": b"POST /livez HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    "no host": b"GET /livez HTTP/1.1\r\n\r\n",
    "no host, and an offer to upgrade": b"GET /livez HTTP/1.1\r\nConnection: upgrade\r\n"
    b"Upgrade: h2c\r\n\r\n",
    "no host, but in the target": b"GET http://x/livez HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "the same host twice": b"GET /livez HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n",
    "two hosts of HTTP/1.0": b"GET /livez HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n",
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_a_bad_request(service: Service, sent: bytes) -> None:
    answer = send(service.url, sent)

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "host",
    [
        *(
            "",
            " ",
            ":80",
            "a b",
            "a, b",
            "a/b",
            "a?b",
            "a#b",
            "user@a",
            "http://a",
            "a:b",
            "a:80:80",
        ),
        *("a:-1", "a:123456", "[::1", "::1", "[a", "a]", "[x]:80", "a%zz", "a%", "a\\b", "<a>"),
        *("a:65536", "a:99999", "[:::::]", "[1.2.3.4]", "[::1::]", "[::12345]", "[]"),
        *("ä.example", '"a"'),
    ],
)
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_host_that_is_none_is_a_bad_request(service: Service, host: str, version: str) -> None:
    sent = f"GET /livez HTTP/{version}\r\nHost: {host}\r\nConnection: close\r\n\r\n"

    answer = send(service.url, sent.encode())

    assert (answer.status, answer.code) == (400, "BAD_REQUEST")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    "host",
    [
        "x",
        "tasks.example:443",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000",
        "[::ffff:127.0.0.1]",
        "x:65535",
        "a_b",
        "A-b.%41",
        "x:",
        "x \t",
    ],
)
def test_a_host_of_any_valid_form_is_accepted(service: Service, host: str) -> None:
    sent = f"GET /livez HTTP/1.1\r\nHost:{host}\r\nConnection: close\r\n\r\n"

    assert send(service.url, sent.encode()).status == 200


def test_a_request_of_http_1_0_needs_no_host(service: Service) -> None:
    assert send(service.url, b"GET /livez HTTP/1.0\r\n\r\n").status == 200


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


@pytest.mark.parametrize("first", [b"Host: x\r\nX: %s", b"X: %s\r\nHost: x"], ids=["host", "x"])
@pytest.mark.parametrize(("beyond", "status"), [(0, 200), (1, 431)])
def test_a_head_of_just_16_kib_is_read_and_not_one_byte_more(
    service: Service, first: bytes, beyond: int, status: int
) -> None:
    counted = len(b"/livez" + first.replace(b"%s", b"") + b"\r\n")
    headers = first % (b"a" * (16_384 - counted + beyond))

    answer = send(service.url, b"GET /livez HTTP/1.1\r\n" + headers + b"\r\n\r\n")

    assert answer.status == status


def test_sixty_half_heads_disturb_nobody_and_do_not_live_long(service: Service, api: Api) -> None:
    address = urlsplit(service.url)
    half = [socket.create_connection((address.hostname, address.port)) for _ in range(60)]
    for connection in half:
        connection.sendall(b"GET /api/tasks HTTP/1.1\r\nHost: x\r\nX")

    assert api.create(title="Meanwhile").status_code == 201
    assert select.select(half, [], [], 0)[0] == []

    for connection in half:
        connection.settimeout(60)
        assert connection.recv(1) == b""
        connection.close()


def test_requests_that_come_together_are_answered_in_turn(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=api.token)
    last = request("GET /livez", "Connection: close")
    sent = (head + chunked(BODY)) * 2 + request("GET /nothing") + last

    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(sent)
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]] == [201, 201, 404, 200]


def exchange(service: Service, *pieces: bytes, pause: float = 0.05) -> list[int]:
    """Send the pieces one after another on one connection, and return the statuses of all answers.

    The connection is expected to be closed by the service.
    """
    address = urlsplit(service.url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("name", ["Upgrade", "UPGRADE", "upgrade"])
@pytest.mark.parametrize("protocol", ["h2c", "websocket", "TLS/1.2"])
def test_the_offer_of_another_protocol_is_ignored(
    service: Service, api: Api, name: str, protocol: str
) -> None:
    offer = [f"Connection: {name}, HTTP2-Settings", f"{name}: {protocol}"]

    answer = send(service.url, request("POST /api/tasks", JSON, *offer, token=api.token, body=BODY))

    assert answer.status == 201
    assert len(api.list().json()["data"]) == 1


def test_an_offer_is_ignored_wherever_its_pieces_are_cut(service: Service, api: Api) -> None:
    offer = ["Connection: Upgrade, close", "Upgrade: h2c"]
    whole = request("POST /api/tasks", *offer, JSON, token=api.token, body=BODY)
    cuts = [5, whole.index(b"Upgrade: h2c") + 3, whole.index(b"\r\n\r\n") + 2, len(whole) - 13]

    for cut in cuts:
        assert exchange(service, whole[:cut], whole[cut:]) == [201], cut


def test_the_body_behind_an_offer_is_no_request(service: Service, api: Api) -> None:
    hidden = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    offer = ["Connection: upgrade, close", "Upgrade: h2c"]
    whole = request("POST /api/tasks", *offer, JSON, token=api.token, body=hidden)

    assert exchange(service, whole) == [422]
    assert exchange(service, whole[: -len(hidden)], hidden) == [422]
    assert exchange(service, whole[:70], whole[70 : -len(hidden)], hidden) == [422]


def test_an_offer_behind_another_head_is_ignored(service: Service, api: Api) -> None:
    offer = ["Connection: upgrade, close", "Upgrade: h2c"]
    last = request("POST /api/tasks", *offer, JSON, token=api.token, body=BODY)

    assert exchange(service, request("GET /api/tasks", token=api.token) + last) == [200, 201]


def test_an_offer_behind_a_body_is_refused_in_turn(service: Service, api: Api) -> None:
    first = request("POST /api/tasks", JSON, token=api.token, body=BODY)
    offer = request("POST /api/tasks", "Connection: upgrade", "Upgrade: h2c", JSON, body=BODY)

    assert exchange(service, first + offer) == [201, 400]


def test_a_body_that_looks_like_an_offer_is_left_whole(service: Service, api: Api) -> None:
    offer = ["Connection: upgrade", "Upgrade: h2c"]
    body = BODY + b"\r\nupgrade:" + b"a" * 30
    whole = request("POST /api/tasks", *offer, JSON, token=api.token, body=body)
    rest = request("GET /nothing") + request("GET /livez", "Connection: close")

    assert exchange(service, whole + rest) == [422, 404, 200]
    assert exchange(service, whole[: -len(body)], body, rest) == [422, 404, 200]


def test_the_value_of_a_header_is_no_request(service: Service) -> None:
    begun = request("GET /livez") + b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Note: "
    value = request("GET /evil", "Connection: upgrade, close", "Upgrade: h2c")

    assert exchange(service, begun + value) == [200, 400]
    assert exchange(service, begun, value) == [200, 400]


BROKEN: dict[str, bytes] = {
    "garbage": b"\0garbage\r\n\r\n",
    "a chunk": request("POST /livez", "Transfer-Encoding: chunked") + b"ZZ\r\n",
    "a target": b"GET http://[::/ HTTP/1.1\r\nHost: x\r\n\r\n",
    "no path": b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_refusal_waits_for_the_answers_before_it(
    service: Service, api: Api, broken: bytes
) -> None:
    good = request("POST /api/tasks", JSON, token=api.token, body=BODY)

    assert exchange(service, good + good + broken)[:2] == [201, 201]
    assert exchange(service, good + good, broken)[:2] == [201, 201]
    assert len(api.list().json()["data"]) == 4


def test_an_answered_request_is_not_answered_again(service: Service) -> None:
    head = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked")

    assert exchange(service, head, b"ZZ\r\n") == [401]


def test_trailers_are_no_headers(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", "Transfer-Encoding: chunked", "Connection: close", JSON)
    trailer = f"Authorization: Bearer {api.token}\r\n".encode()

    answer = send(service.url, head + chunked(BODY)[:-2] + trailer + b"\r\n")
    untyped = request("POST /api/tasks", "Transfer-Encoding: chunked", token=api.token)
    other = send(service.url, untyped + chunked(BODY)[:-2] + JSON.encode() + b"\r\n\r\n")

    assert (answer.status, other.status) == (401, 415)
    assert api.list().json()["data"] == []


@pytest.mark.parametrize(
    "trailers",
    [b"X: y\r\n" * 5000, b"X: " + b"y" * 40_000],
    ids=["many", "one without an end"],
)
def test_trailers_are_bounded(service: Service, api: Api, trailers: bytes) -> None:
    head = request("POST /api/tasks", "Transfer-Encoding: chunked", JSON, token=api.token)
    body = chunked(BODY)[:-2]

    assert exchange(service, head + body, trailers[:20_000], trailers[20_000:]) == [431]
    assert api.list().json()["data"] == []


def test_the_extension_of_a_chunk_is_bounded(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", "Transfer-Encoding: chunked", JSON, token=api.token)

    assert exchange(service, head, b"d;x=" + b"y" * 20_000, b"y" * 20_000) == [431]


def test_a_connection_does_not_outlive_a_request_that_stops(service: Service, api: Api) -> None:
    livez = request("GET /livez")
    body = request("POST /api/tasks", "Content-Length: 20", JSON)
    late = request("POST /api/tasks", "Content-Length: 20", JSON, token=api.token)
    cases = {
        "half a head behind a request": (livez + livez[:20], [200]),
        "a body behind its 401": (body + b"{", [401]),
        "a body that stops": (late + b"{", [408]),
        "a body nobody asked for": (request("GET /livez", "Content-Length: 20"), [200]),
    }

    with ThreadPoolExecutor() as threads:
        answers = {
            name: threads.submit(exchange, service, sent) for name, (sent, _) in cases.items()
        }

    assert {name: answer.result() for name, answer in answers.items()} == {
        name: statuses for name, (_, statuses) in cases.items()
    }


def test_a_client_that_goes_away_leaves_no_traceback(service: Service, api: Api) -> None:
    address = urlsplit(service.url)
    whole = request("POST /api/tasks", JSON, token=api.token, body=BODY)
    for length in (10, 100, len(whole) - 1, len(whole)):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(whole[:length])
    for _ in range(5):
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(whole + request("GET /livez"))

    assert api.list().status_code == 200
    assert failures(service.log) == []
