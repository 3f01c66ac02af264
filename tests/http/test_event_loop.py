"""One request, whatever its bytes, does not make the others wait."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
import psycopg2
import pytest

from tests.support.api import Api
from tests.support.raw import chunked, request, send
from tests.support.service import Service
from tests.support.stopping import JSON, answers, connected_to

MIB = 2**20
WAIT_SECONDS = 2.0
"""What a bystander may wait at most, on a machine that is busy with other tests too. Without the
bounds, ten bodies of nested arrays at once took 7 s."""

BODIES = {
    "empty arrays": b"[" + b"[]," * (MIB // 3 - 1) + b"1]",
    "empty objects": b"[" + b"{}," * (MIB // 3 - 1) + b"1]",
    "numbers": b"[" + b"1," * (MIB // 2 - 2) + b"1]",
    "brackets without end": b"[" * MIB,
    "commas without end": b"{" + b"," * (MIB - 1),
    "quotation marks without end": b'"' * MIB,
    "nesting of 60": b"[" + b",".join([b"[" * 60 + b"]" * 60] * 8000) + b"]",
    "unknown keys": b"{" + b",".join(b'"%x":0' % n for n in range(100_000)) + b"}",
    "one key again and again": b"{" + b",".join([b'"title":"a"'] * 80_000) + b"}",
    "long unknown keys": json.dumps({f"{n}" + "k" * 1000: 0 for n in range(900)}).encode(),
    "escapes": b'{"title":"' + rb"\u0001" * (MIB // 6 - 4) + b'"}',
    "blanks": b'{"title":"' + b" " * (MIB - 12) + b'"}',
    "a number": b'{"title":0.' + b"1" * (MIB - 12) + b"}",
}


@contextmanager
def bystander(service: Service) -> Iterator[list[float]]:
    """Ask whether the service is alive, again and again, and note the seconds of each answer."""
    waits: list[float] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            started = time.monotonic()
            send(service.url, request("GET /livez"))
            waits.append(time.monotonic() - started)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_hostile_body_makes_nobody_wait(service: Service, api: Api, body: bytes) -> None:
    hostile = request("POST /api/tasks", JSON, token=api.token, body=body)

    with bystander(service) as waits:
        attackers = [threading.Thread(target=send, args=(service.url, hostile)) for _ in range(10)]
        for attacker in attackers:
            attacker.start()
        for attacker in attackers:
            attacker.join()

    assert max(waits) < WAIT_SECONDS
    assert api.list().json()["data"] == []


def test_a_thousand_pipelined_requests_make_nobody_wait_and_are_answered_in_turn(
    service: Service, api: Api
) -> None:
    task = api.create(title="Buy milk").json()["data"]
    several = [request("GET /livez"), request(f"GET /api/tasks/{task['id']}", token=api.token)]

    with bystander(service) as waits, connected_to(service) as connection:

        def ask() -> None:
            connection.sendall(b"".join(several * 1000))
            connection.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=ask)
        sender.start()
        received = answers(connection)
        sender.join()

    assert [b"alive" in answer.body for answer in received] == [True, False] * 1000
    assert all(answer.status == 200 for answer in received)
    assert max(waits) < WAIT_SECONDS


def test_requests_beyond_those_that_wait_stay_in_the_kernel_and_take_no_cpu(
    service: Service, api: Api
) -> None:
    pipelined = memoryview(request("GET /api/tasks/1", token=api.token) * 20_000)
    process = psutil.Process(service.process.pid)
    accepted = 0

    with psycopg2.connect(service.database_url) as blocker, connected_to(service) as connection:
        blocker.cursor().execute("LOCK TABLE tasks")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        connection.settimeout(0)
        for _ in range(100):
            with suppress(BlockingIOError):
                while accepted < len(pipelined):
                    accepted += connection.send(pipelined[accepted:])
            time.sleep(0.01)
        before = sum(process.cpu_times()[:2])
        time.sleep(1)
        used = sum(process.cpu_times()[:2]) - before
    blocker.close()

    assert accepted < 2 * MIB < len(pipelined)
    assert used < 0.5


def test_a_body_in_tiny_chunks_makes_nobody_wait(service: Service, api: Api) -> None:
    head = request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=api.token)
    body = b'{"title":"Buy milk"}'.ljust(200_000)
    pieces = [body[at : at + 1] for at in range(len(body))]

    with bystander(service) as waits:
        answer = send(service.url, head + chunked(*pieces))

    assert answer.status == 201
    assert max(waits) < WAIT_SECONDS


@pytest.mark.parametrize("headers", [["a:"] * 3900, ['If-None-Match: "", ' * 7] * 600])
def test_many_headers_make_nobody_wait(service: Service, api: Api, headers: list[str]) -> None:
    hostile = request("GET /api/tasks", *headers, token=api.token)

    with bystander(service) as waits:
        for _ in range(20):
            assert send(service.url, hostile).status in {200, 422, 431}

    assert max(waits) < WAIT_SECONDS
