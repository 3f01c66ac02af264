"""The accept queue of a listening socket: connections that clients already hold for established."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

_TICK_SECONDS = 0.02


async def drain(
    listener: socket.socket, gives_up: Callable[[], bool]
) -> AsyncIterator[socket.socket]:
    """Accept connections until the queue is empty. `listener` does not block.

    If the process is out of file descriptors, wait for one until `gives_up` returns true.
    """
    while True:
        try:
            yield listener.accept()[0]
        except BlockingIOError:
            return
        except ConnectionAbortedError:
            continue  # The client has given up; others may be behind it.
        except OSError:
            if gives_up():
                return
            await asyncio.sleep(_TICK_SECONDS)
