"""One keep-alive connection of a client, on which every way of not being answered is told apart."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

PATIENCE_SECONDS = 15.0
"""For one answer, and for somebody to listen."""

_AGAIN_SECONDS = 0.02
_NO_BODY = 204


class Unanswered(Exception):
    """The request was sent and got no answer; the text says what happened instead."""


class Reply(NamedTuple):
    """An answer as it came; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Channel:
    """A client's connection to `port` of 127.0.0.1, opened anew whenever it is needed.

    A connection that was closed between two requests, or that nobody accepts, is tried again, as
    every HTTP client does: nothing has been sent yet. `refused` is told of the latter.
    """

    def __init__(self, port: int, refused: Callable[[], None]) -> None:
        self._port = port
        self._refused = refused
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = False

    async def open(self) -> None:
        """Have a connection that is open as far as can be seen from here."""
        if self._streams is not None and self._streams[0].at_eof():
            self.close()
        give_up = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while self._streams is None:
            try:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
                self._used = False
            except OSError as error:
                self._refused()
                if asyncio.get_running_loop().time() > give_up:
                    raise Unanswered("nobody listens") from error
                await asyncio.sleep(_AGAIN_SECONDS)

    async def exchange(self, request: bytes) -> Reply:
        """Send a request and wait for its answer. Raises Unanswered."""
        assert self._streams is not None
        reader, writer = self._streams
        connection = "a kept connection" if self._used else "a new connection"
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                writer.write(request)
                reply = await _reply(reader)
        except TimeoutError as error:
            self.close()
            message = f"no answer in {PATIENCE_SECONDS:.0f} s"
            raise Unanswered(message) from error
        except (OSError, EOFError) as error:
            self.close()
            message = f"{type(error).__name__} on {connection}"
            raise Unanswered(message) from error
        self._used = True
        if reply.headers.get("connection", "").lower() == "close":
            self.close()
        return reply

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _reply(reader: asyncio.StreamReader) -> Reply:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    fields = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    status = int(first.split()[1])
    length = 0 if status == _NO_BODY else int(headers["content-length"])
    return Reply(status, headers, await reader.readexactly(length))
