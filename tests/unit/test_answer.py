"""What the protocol answers when the application does not: never in plain text."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.support.raw import request
from tests.support.serving import serving

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]}
HALF = {"type": "http.response.body", "body": b"ab", "more_body": True}
WRONG = {**START, "headers": [(b"content-length", b"4"), (b"x", b"a\nb")]}


async def exchange(app: Callable[..., Any], sent: bytes, *, pieces: int = 1000) -> bytes:
    """Serve the application on a socket, send, and read to the end, or so many pieces."""
    async with serving(app) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(sent)
        received = bytearray()
        try:
            for _ in range(pieces):
                received += await asyncio.wait_for(reader.read(65536), timeout=5)
        except ConnectionResetError:
            pass
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    return bytes(received)


async def raises(_scope: object, _receive: object, _send: object) -> None:
    raise LookupError


async def is_silent(_scope: object, _receive: object, _send: object) -> None:
    pass


async def stops_half_way(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send(START)
    await send(HALF)


async def raises_half_way(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send(START)
    await send(HALF)
    raise LookupError


async def begins_only(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send(START)


async def answers_nonsense(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send(WRONG)
    await send({**HALF, "body": b"abcd", "more_body": False})


@pytest.mark.parametrize("app", [raises, is_silent, begins_only, answers_nonsense])
def test_without_an_answer_it_is_an_internal_error(app: Callable[..., Any]) -> None:
    received = asyncio.run(exchange(app, request("GET /livez")))

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert b"Content-Type: application/json\r\n" in head
    assert b"x-request-id: " in head
    assert body.startswith(b'{"error":{"code":"INTERNAL_ERROR",')


def test_to_head_it_is_the_head_of_that() -> None:
    received = asyncio.run(exchange(raises, request("HEAD /livez")))

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]) > 0
    assert body == b""


@pytest.mark.parametrize("app", [stops_half_way, raises_half_way])
def test_with_half_an_answer_the_connection_is_cut(app: Callable[..., Any]) -> None:
    received = asyncio.run(exchange(app, request("GET /livez")))

    assert b" 500 " not in received
    assert b"text/plain" not in received


async def takes_its_time(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send(START)
    await asyncio.sleep(0.1)
    await send({**HALF, "body": b"abcd", "more_body": False})


def test_the_head_of_an_answer_is_sent_with_its_body() -> None:
    first = asyncio.run(exchange(takes_its_time, request("GET /"), pieces=1))

    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b"\r\n\r\nabcd")


async def raises_late(_scope: object, _receive: object, _send: object) -> None:
    await asyncio.sleep(0.2)
    raise LookupError


async def answer_to_a_long_body(app: Callable[..., Any]) -> bytes:
    def exchanged(address: tuple[str, int]) -> bytes:
        with socket.create_connection(address, 20) as connection:
            connection.sendall(request("POST /livez", body=b"x" * 2**24))
            return connection.recv(65536)

    async with serving(app) as address:
        return await asyncio.to_thread(exchanged, address)


def test_an_answer_arrives_though_its_body_was_not_read() -> None:
    received = asyncio.run(answer_to_a_long_body(raises_late))

    assert received.startswith(b"HTTP/1.1 500 ")
