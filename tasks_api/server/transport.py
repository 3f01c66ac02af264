"""A connection that is closed in a way that lets the last answer arrive, and a timer."""

import asyncio
import sys
from collections.abc import Callable
from fcntl import ioctl
from termios import TIOCOUTQ
from typing import Any

LINGER_SECONDS = 1.0


class Timer:
    """Calls `action` `seconds` after it was started, unless it is stopped before."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, action: Callable[[], object]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._action = action
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._handle is not None

    def start(self) -> None:
        """Start, or start again from zero."""
        self.stop()
        self._handle = self._loop.call_later(self._seconds, self._action)

    def stop(self) -> None:
        """Cancel the call."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class LingeringTransport(asyncio.Transport):
    """Sends the last answer and the end of the stream, then reads until the client closes as well.

    If bytes arrive at a socket that is closed, the kernel resets the connection, and the client may
    lose the answer that it has not read yet: RFC 9112, section 9.6. The protocol ignores what is
    read after `close`, and bounds how long a client may take to read, by `abort`.
    """

    is_ended_by_peer = False
    """Whether the client has closed its side, so that there is nothing more to read."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport = transport
        self._closing = False
        self._linger = Timer(loop, LINGER_SECONDS, transport.close)
        self._held: list[bytes] | None = None
        self._is_reading_paused = False
        self._is_reading_postponed = False

    def hold(self) -> None:
        """Keep what is written until `release`, to send it with one system call."""
        self._held = []

    def release(self) -> None:
        """Send what was kept."""
        held, self._held = self._held, None
        if held and not self._closing:
            self._transport.writelines(held)

    def close(self) -> None:
        """Send what was written and the end of the stream; close when the client closes.

        If it does not, close after `LINGER_SECONDS`, or as soon as everything is sent.
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
        """Send what was written, and close without waiting: for an idle connection."""
        self.release()
        self._closing = True
        self._transport.close()

    def abort(self) -> None:
        """Close, and drop what is not sent."""
        self._closing = True
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether nothing more can be sent."""
        return self._closing or self._transport.is_closing()

    def write(self, data: Any) -> None:
        """Send, unless the connection is closing."""
        if self._held is not None:
            self._held.append(data)
        elif not self._closing:
            self._transport.write(data)

    def writelines(self, pieces: Any) -> None:
        """Send the pieces with one system call, unless the connection is closing."""
        if not self._closing:
            self._transport.writelines(pieces)

    def pause_reading(self) -> None:
        """Leave what arrives to the kernel."""
        self._is_reading_paused = True
        self._pause_or_resume()

    def resume_reading(self) -> None:
        """Read again, unless it is postponed."""
        self._is_reading_paused = False
        self._pause_or_resume()

    def postpone_reading(self) -> None:
        """Likewise leave what arrives to the kernel, whether reading is paused or not."""
        if not self._is_reading_postponed:
            self._is_reading_postponed = True
            self._pause_or_resume()

    def continue_reading(self) -> None:
        """End the postponement."""
        if self._is_reading_postponed:
            self._is_reading_postponed = False
            self._pause_or_resume()

    def _pause_or_resume(self) -> None:
        if self.is_ended_by_peer:
            return
        if self._is_reading_paused or self._is_reading_postponed:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def unacknowledged(self) -> int:
        """Return how many bytes the client has not acknowledged, as far as the system tells."""
        unsent = self._transport.get_write_buffer_size()
        try:
            queued = ioctl(self._transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(4))
        except OSError:
            return unsent
        return unsent + int.from_bytes(queued, sys.byteorder)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return a property of the socket."""
        return self._transport.get_extra_info(name, default)
