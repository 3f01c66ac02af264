"""What one signed-in user does to the service. Each attack runs until its process is ended."""

import asyncio
import os
import socket
import struct
from collections.abc import Callable, Coroutine
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import NamedTuple

from tests.support.raw import chunked, request

JSON = "Content-Type: application/json"
MIB = 2**20
LONG_TASKS = """
    INSERT INTO tasks (user_id, title, description)
    SELECT 'mallory', 'Task ' || n, repeat({character}, 65536) FROM generate_series(1, 80) AS n
"""
MANY_TASKS = """
    INSERT INTO tasks (user_id, title, description)
    SELECT 'mallory', 'Task ' || n, 'Mind the gap.' FROM generate_series(1, 10000) AS n
"""

Attack = Callable[[int, str], Coroutine[None, None, None]]


class Scenario(NamedTuple):
    """One kind of attack, and the tasks that the attacker has before."""

    name: str
    attack: Attack
    tasks: str = ""


def begin(scenario: Scenario, port: int, token: str) -> BaseProcess:
    """Start the attack in a process of its own, and wait until it begins."""
    spawned = get_context("spawn")
    begun = spawned.Event()
    process = spawned.Process(target=_run, args=(scenario.name, port, token, begun))
    process.start()
    begun.wait()
    return process


def _run(name: str, port: int, token: str, begun: Event) -> None:
    # An attacker has machines of their own, and does not take the service's processors.
    os.nice(19)
    (attack,) = (scenario.attack for scenario in SCENARIOS if scenario.name == name)
    begun.set()
    asyncio.run(attack(port, token))


async def _again_and_again(port: int, sent: bytes) -> None:
    """Send, read the answer, and begin again, also on a new connection."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            while True:
                writer.write(sent)
                await writer.drain()
                await _read_answer(reader)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            await asyncio.sleep(0.01)


async def _read_answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    lengths = (int(x.partition(b":")[2]) for x in lines if x.startswith(b"content-length:"))
    length = next(lengths, 0)
    while length:
        length -= len(await reader.read(min(length, MIB)) or _ended())


def _ended() -> bytes:
    raise OSError


def _repeated(connections: int, make: Callable[[str], bytes]) -> Attack:
    async def attack(port: int, token: str) -> None:
        sent = make(token)
        await asyncio.gather(*(_again_and_again(port, sent) for _ in range(connections)))

    return attack


def _post(body: bytes) -> Callable[[str], bytes]:
    return lambda token: request("POST /api/tasks", JSON, token=token, body=body)


def _list(token: str) -> bytes:
    return request("GET /api/tasks", token=token)


async def _unread(port: int, token: str) -> None:
    """Ask for a list ten times a second, on a new connection each time, and read nothing."""
    asked = []
    while True:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(_list(token))
        asked.append(connection)
        await asyncio.sleep(0.1)


async def _reset(port: int, token: str) -> None:
    """Ask for a list fifty times a second, and reset the connection at once."""
    while True:
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(_list(token))
        await asyncio.sleep(0.002)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        await asyncio.sleep(0.018)


async def _pipelined(port: int, token: str) -> None:
    sent = _list(token) * 500 + request("GET /livez") * 4000
    await asyncio.gather(*(_flood(port, sent) for _ in range(3)))


async def _flood(port: int, sent: bytes, address: str = "127.0.0.1") -> None:
    while True:
        try:
            own = (address, 0)
            reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=own)
            writer.write(sent)
            while await reader.read(MIB):
                pass
        except OSError:
            await asyncio.sleep(0.01)


async def _crowd(port: int, _token: str) -> None:
    """Pipeline refused requests on 900 connections from one address, without an account."""
    sent = request("GET /api/tasks") * 400
    await asyncio.gather(*(_flood(port, sent, "127.0.0.2") for _ in range(900)))


async def _slow_bodies(port: int, token: str) -> None:
    """Send 300 bodies of 1 MiB, and of each all but the last byte."""
    head = request("POST /api/tasks", JSON, f"Content-Length: {MIB}", token=token)

    async def send() -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(head + b" " * (MIB - 1))
                await reader.read(MIB)
                writer.close()
            except OSError:
                await asyncio.sleep(0.01)

    await asyncio.gather(*(send() for _ in range(300)))


async def _invented_tokens(port: int, _token: str) -> None:
    numbers = count()

    async def send() -> None:
        while True:
            token = f"eyJhbGciOiJIUzI1NiJ9.{next(numbers):x}{'A' * 7000}.AAAA"
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(_list(token))
            await reader.read(4096)
            writer.close()

    await asyncio.gather(*(send() for _ in range(30)))


_ARRAYS = b"[" + b"[]," * (MIB // 3 - 2) + b"1]"
_KEYS = b"{" + b",".join(b'"%x":0' % n for n in range(100_000)) + b"}"
_ESCAPES = b'{"title":"' + rb"\u0001" * (MIB // 6 - 4) + b'"}'
_CHUNKS = b'{"title":"x"}'.ljust(100_000)

SCENARIOS = (
    Scenario("Nested arrays, 1 MiB, 3 connections", _repeated(3, _post(_ARRAYS))),
    Scenario("100,000 unknown keys, 3 connections", _repeated(3, _post(_KEYS))),
    Scenario("Escapes, 1 MiB, 3 connections", _repeated(3, _post(_ESCAPES))),
    Scenario(
        "A body in chunks of a byte, 3 connections",
        _repeated(
            3,
            lambda token: (
                request("POST /api/tasks", JSON, "Transfer-Encoding: chunked", token=token)
                + chunked(*(_CHUNKS[at : at + 1] for at in range(len(_CHUNKS))))
            ),
        ),
    ),
    Scenario("4,500 pipelined requests, 3 connections", _pipelined),
    Scenario("Pipelined requests without a token, 900 connections", _crowd),
    Scenario(
        "Unread lists of 5 MB, 10 a second",
        _unread,
        LONG_TASKS.format(character="'x'"),
    ),
    Scenario(
        "The same, of characters that JSON writes as six",
        _unread,
        LONG_TASKS.format(character="E'\\x01'"),
    ),
    Scenario("Lists of 10,000 tasks, 200 connections", _repeated(200, _list), MANY_TASKS),
    Scenario(
        "Lists of 5 MB, 30 connections", _repeated(30, _list), LONG_TASKS.format(character="'x'")
    ),
    Scenario("Lists that are reset at once, 50 a second", _reset, MANY_TASKS),
    Scenario("300 bodies of 1 MiB that never end", _slow_bodies),
    Scenario("New tasks, 100 connections", _repeated(100, _post(b'{"title":"x"}'))),
    Scenario("Invented tokens of 7 KiB, 30 connections", _invented_tokens),
    Scenario(
        "/readyz?deep=1, 50 connections", _repeated(50, lambda _: request("GET /readyz?deep=1"))
    ),
)
