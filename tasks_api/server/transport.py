"""A connection that is closed in a way that lets the last answer arrive."""

import asyncio
from typing import Any

from tasks_api.server.deadline import Deadline

LINGER_SECONDS = 1.0


class LingeringTransport(asyncio.Transport):
    """Sends the end of the answers, and reads on until the client ends as well.

    Where something is still on its way to a socket that is closed, the kernel resets the
    connection, and the client may lose the answer that it has not read yet: RFC 9112, section 9.6.
    What is read after `close` is for the protocol to ignore.

    How long a client may take to read is for the protocol to bound, by `abort`.
    """

    is_ended_by_peer = False
    """Whether nothing more will arrive. Nothing is left to wait for then, nor to read."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._closing = False
        self._linger = Deadline(loop, LINGER_SECONDS, transport.close)
        self._held: list[bytes] | None = None

    def hold(self) -> None:
        """Keep what is written until it is released, to ask the kernel once and not for each."""
        self._held = []

    def release(self) -> None:
        """Send what has been kept."""
        held, self._held = self._held, None
        if held and not self._closing:
            self._transport.writelines(held)

    def close(self) -> None:
        """Send what is written, and its end; be closed by the client, or in `LINGER_SECONDS`.

        The latter only if all is sent by then; else as soon as it is.
        """
        self.release()
        if self.is_ended_by_peer:
            self.close_at_once()
        elif not self.is_closing():
            self._closing = True
            self._transport.resume_reading()
            self._transport.write_eof()
            self._linger.start()

    def close_at_once(self) -> None:
        """Send what is written, and close: for a connection on which nothing was asked lately."""
        self.release()
        self._closing = True
        self._transport.close()

    def abort(self) -> None:
        """Close, and forget what is not sent."""
        self._closing = True
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether nothing more can be answered."""
        return self._closing or self._transport.is_closing()

    def write(self, data: Any) -> None:
        """Send, unless it is too late."""
        if self._held is not None:
            self._held.append(data)
        elif not self._closing:
            self._transport.write(data)

    def pause_reading(self) -> None:
        """Leave what comes to the kernel."""
        if not self.is_ended_by_peer:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        if not self.is_ended_by_peer:
            self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Tell about the socket."""
        return self._transport.get_extra_info(name, default)
