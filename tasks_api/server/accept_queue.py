"""The accept queue of a listening socket: connections that clients already hold for established."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Callable

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault

_TICK_SECONDS = 0.02


class Descriptors:
    """Logs when the process has no file descriptor left for the next connection."""

    def __init__(self) -> None:
        self._fault = Fault(Event.DESCRIPTORS_EXHAUSTED, Event.DESCRIPTORS_AVAILABLE)

    def look(self) -> None:
        """Try to get one.

        Called for every connection: libuv closes those that it has no descriptor for, in the same
        turn of the event loop, and tells nobody.
        """
        try:
            os.close(os.open("/", os.O_RDONLY))
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._fault.fail(errno.errorcode[error.errno])
        else:
            self._fault.succeed()


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
