"""The service's HTTP protocol around another application, in the event loop of the test."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from uvicorn import Config

from tasks_api.server.protocol import Protocol, StoppableState

ENDED_SECONDS = 20


@asynccontextmanager
async def serving(
    app: Callable[..., Any],
    *,
    protocol: type[Protocol] = Protocol,
    state: StoppableState | None = None,
    app_state: dict[str, Any] | None = None,
    receive_buffer: int | None = None,
) -> AsyncIterator[tuple[str, int]]:
    """Serve on a free port, and yield the address. At the end, abort what is still open."""
    state = state or StoppableState()
    config = Config(app, interface="asgi3", ws="none", log_config=None)
    listener = socket.create_server(("127.0.0.1", 0))
    if receive_buffer:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(config, state, app_state or {}), sock=listener
    )
    async with server:
        try:
            yield listener.getsockname()
        finally:
            await _abort(state)


async def _abort(state: StoppableState) -> None:
    # A transport that is open when its loop ends is reported while another test runs.
    async with asyncio.timeout(ENDED_SECONDS):
        while state.connections:
            for each in list(state.connections):
                each.transport.abort()
            await asyncio.sleep(0)
