"""Clients that end their side and read on, or do neither."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import httpx
import psycopg2
import pytest
import uvloop

from tasks_api.server import protocol
from tasks_api.server.protocol import Protocol, StoppableState
from tests.support.api import Api
from tests.support.database import wait_until
from tests.support.paths import ROOT
from tests.support.raw import Answer, chunked, request
from tests.support.service import NO_TLS, Service
from tests.support.serving import serving
from tests.support.stopping import JSON, answers, connected_to

LIVEZ = request("GET /livez")
BODY = b'{"title": "Buy milk"}'
PART = request("POST /api/tasks", JSON, body=BODY)[:-5]
READ_SECONDS = 0.3
PIECE = b"x" * 4096


def half_closed(service: Service, sent: bytes) -> list[int]:
    """Send, end this side, and return the statuses of what comes back until the other end."""
    with connected_to(service) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return [answer.status for answer in answers(connection)]


def half_closed_in_time(service: Service, sent: bytes) -> list[Answer]:
    """Send, and end this side while a first request that writes is still being answered."""
    blocker = psycopg2.connect(service.database_url)
    blocker.cursor().execute("LOCK TABLE tasks")
    with connected_to(service) as connection:
        connection.sendall(sent)
        wait_until(service.database_url, "wait_event_type = 'Lock'")
        connection.shutdown(socket.SHUT_WR)
        httpx.get(f"{service.url}/livez", verify=NO_TLS)  # The end has been read by now.
        blocker.close()
        return answers(connection)


def test_what_was_asked_before_the_end_is_answered(service: Service, api: Api) -> None:
    post = request("POST /api/tasks", JSON, token=api.token, body=BODY)

    for _ in range(10):
        assert half_closed(service, post) == [201]
        assert half_closed(service, LIVEZ + post + LIVEZ) == [200, 201, 200]

    assert len(api.list().json()["data"]) == 20


def test_an_answer_that_is_given_after_the_end_says_that_it_is_the_last(
    service: Service, api: Api
) -> None:
    post = request("POST /api/tasks", JSON, token=api.token, body=BODY)

    (answer,) = half_closed_in_time(service, post)

    assert (answer.status, answer.headers["connection"]) == (201, "close")


@pytest.mark.parametrize("rest", [LIVEZ[:10], PART, b"\0garbage\r\n\r\n"])
def test_what_was_asked_in_part_is_refused_in_its_turn(
    service: Service, api: Api, rest: bytes
) -> None:
    post = request("POST /api/tasks", JSON, token=api.token, body=BODY)

    found = half_closed_in_time(service, post + rest)

    assert [answer.status for answer in found] == [201, 400]
    assert found[-1].headers["connection"] == "close"
    assert len(api.list().json()["data"]) == 1


@pytest.mark.parametrize("length", [0, 10, -5])
def test_without_a_whole_request_there_is_no_answer(
    service: Service, api: Api, length: int
) -> None:
    post = request("POST /api/tasks", JSON, token=api.token, body=BODY)

    assert half_closed(service, post[:length]) == []
    assert api.list().json()["data"] == []


@pytest.mark.parametrize(
    ("framing", "body"),
    [
        ("Content-Length: 100", BODY),
        ("Transfer-Encoding: chunked", chunked(BODY).removesuffix(b"0\r\n\r\n")),
    ],
)
def test_half_of_a_body_is_no_body_though_it_could_be_one(
    service: Service, api: Api, framing: str, body: bytes
) -> None:
    part = request("POST /api/tasks", JSON, framing, token=api.token) + body

    for _ in range(5):
        assert half_closed(service, part) == []
        assert half_closed(service, LIVEZ + part)[0] == 200

    assert api.list().json()["data"] == []


class Watched(Protocol):
    """Tells how much has been written, and not sent."""

    unsent: Callable[[], int]
    is_over: Callable[[], bool]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        type(self).unsent = transport.get_write_buffer_size
        type(self).is_over = transport.is_closing


async def fills_the_buffers(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while not Watched.is_over():
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body"})


async def is_given_up(sent: bytes) -> bool:
    """Send, read nothing, and tell whether the connection is given up in time."""
    state = StoppableState()
    async with serving(fills_the_buffers, protocol=Watched, state=state) as address:
        with socket.create_connection(address) as connection:
            connection.sendall(sent)
            await asyncio.sleep(READ_SECONDS)
            assert Watched.unsent() < 65_536
            await asyncio.sleep(READ_SECONDS * 2)
            return not state.connections


@pytest.mark.parametrize("limit", ["READ_SECONDS", "STALL_SECONDS"])
@pytest.mark.parametrize("header", ["Connection: keep-alive", "Connection: close"])
def test_who_reads_nothing_is_given_up_however_little_is_left(
    monkeypatch: pytest.MonkeyPatch, header: str, limit: str
) -> None:
    monkeypatch.setattr(protocol, limit, READ_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(is_given_up(request("GET /livez", header)))


async def is_kept(length: int, reads: Sequence[int]) -> bool:
    """Answer so many bytes, read so many every 50 ms, and tell whether the connection is left."""

    async def answers_at_length(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
        headers = [(b"content-length", b"%d" % length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x" * length})

    state = StoppableState()
    async with serving(answers_at_length, state=state) as address:
        with socket.create_connection(address) as connection:
            connection.sendall(LIVEZ)
            for count in reads:
                await asyncio.sleep(0.05)
                with suppress(OSError):
                    connection.recv(count, socket.MSG_DONTWAIT)
            return bool(state.connections)


MIB = 2**20
SLOWLY = [65_536] * 30  # For 1.5 s.


@pytest.mark.parametrize(
    ("limit", "length", "reads", "kept"),
    [
        ("STALL_SECONDS", 32 * MIB, SLOWLY, True),
        ("STALL_SECONDS", 32 * MIB, SLOWLY[:10] + [0] * 30, False),
        ("STALL_SECONDS", 8 * MIB, [8 * MIB] * 40, True),
        ("READ_SECONDS", 32 * MIB, SLOWLY, False),
        ("READ_SECONDS", 8 * MIB, [8 * MIB] * 40, True),
    ],
    ids=["slowly", "half of it", "all of it", "too slowly", "all of it in time"],
)
def test_who_reads_is_given_up_where_it_stops_or_takes_too_long(
    monkeypatch: pytest.MonkeyPatch, limit: str, length: int, reads: list[int], *, kept: bool
) -> None:
    monkeypatch.setattr(protocol, limit, READ_SECONDS)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(is_kept(length, reads)) == kept


def test_who_reads_has_the_time_that_is_documented() -> None:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    stalled, all_of_it = protocol.STALL_SECONDS, protocol.READ_SECONDS

    assert f"after {stalled:g} s without progress, or after {all_of_it:g} s in any case" in text
