"""How much is kept of what arrives faster than it can be read."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import uvloop

from tasks_api.observability.exchange import OBSERVER, Exchange, Observer
from tasks_api.observability.request_log import RequestLog
from tasks_api.server.protocol import MAX_PIPELINED
from tasks_api.server.run import RECEIVE_BUFFER_BYTES
from tests.support.raw import request
from tests.support.serving import serving

CHUNK = b"1\r\nx\r\n"
CHUNKS = 500_000


class Progress:
    """How much has been sent and read of a body in tiny chunks."""

    def __init__(self) -> None:
        self.read = self.sent = self.most_kept = 0
        self.is_over = False

    async def app(
        self, _scope: object, receive: Callable[..., Any], send: Callable[..., Any]
    ) -> None:
        while (message := await receive()).get("more_body"):
            self.read += len(message["body"])
        self.is_over = True
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def run(self) -> None:
        async with serving(self.app, receive_buffer=RECEIVE_BUFFER_BYTES) as address:
            with socket.create_connection(address) as client:
                async with asyncio.timeout(60):
                    await self._send(client)

    async def _send(self, client: socket.socket) -> None:
        client.settimeout(0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        client.sendall(request("POST /", "Transfer-Encoding: chunked"))
        body = memoryview(CHUNK * CHUNKS + b"0\r\n\r\n")
        while not self.is_over:
            with suppress(BlockingIOError):
                self.sent += client.send(body[self.sent :])
            await asyncio.sleep(0)
            self.most_kept = max(self.most_kept, self.sent - self.read * len(CHUNK))


class Counted(Observer):
    """Counts the requests that have begun."""

    begun = 0

    def began(self, exchange: Exchange) -> None:
        super().began(exchange)
        self.begun += 1


async def begun_of_a_thousand() -> int:
    """Send them at once, answer none, and return how many have begun."""
    observer = Counted()

    async def app(_scope: object, receive: Callable[..., Any], _send: object) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with serving(app, app_state={OBSERVER: observer}) as address:
        with socket.create_connection(address) as client:
            client.sendall(request("GET /livez") * 1000)
            await asyncio.sleep(0.5)
            return observer.begun


async def cut_off_with_three_behind() -> None:
    """Send four requests, answer none, and cut the connection."""

    async def app(_scope: object, receive: Callable[..., Any], _send: object) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with serving(app, app_state={OBSERVER: RequestLog("secret")}) as address:
        with socket.create_connection(address) as client:
            client.sendall(request("GET /livez") * 4)
            await asyncio.sleep(0.3)


def test_requests_behind_one_that_is_cut_off_are_a_number_in_its_line(events: list[Any]) -> None:
    uvloop.run(cut_off_with_three_behind())

    (line,) = events
    assert (line["cut_off"], line["dropped"]) == (True, 3)


def test_only_so_many_requests_of_one_connection_are_begun() -> None:
    begun = uvloop.run(begun_of_a_thousand())

    assert MAX_PIPELINED <= begun < 4 * MAX_PIPELINED  # They are read in pieces of 1 KiB.


def test_what_cannot_be_read_yet_is_left_to_the_kernel() -> None:
    progress = Progress()

    uvloop.run(progress.run())

    assert progress.most_kept < 2**20 < CHUNKS * len(CHUNK)
