"""Writes the log to a file descriptor that may be slow, full or closed, without blocking."""

import asyncio
import os
import select
from collections import deque
from collections.abc import Callable
from threading import RLock

MAX_WAITING = 10_000
"""Lines that wait until the descriptor accepts them; further ones are lost and counted."""

# A pipe that is writable accepts this much at once (POSIX, `PIPE_BUF`).
_PIECE = 4096
_END = b"\n"


class Output:
    """Writes each line at once, unless that would block; then the line is kept for later.

    The lines of one turn of an event loop are written together, in the next one: a process that is
    killed, or that hangs, loses those. To pass them to a thread would take longer than to write
    them.
    """

    def __init__(self, descriptor: int, on_loss: Callable[[int], bytes]) -> None:
        """Write to a descriptor; `on_loss` returns a line for the number of lost lines."""
        self._descriptor = descriptor
        self._on_loss = on_loss
        self._is_writable = select.poll()
        self._is_writable.register(descriptor, select.POLLOUT)
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._is_in_line = False
        # Code that runs while a line is written may log as well: a finalizer, for example.
        self._lock = RLock()
        self._is_busy = False
        self._due_in: asyncio.AbstractEventLoop | None = None
        """The event loop that is going to write the lines."""

    def write(self, line: bytes) -> None:
        """Write a line, after those that had to wait."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                self._lost += 1
            else:
                self._waiting.append(line)
            self._write_soon()

    def flush(self) -> None:
        """Write the lines that had to wait, as far as that is possible without blocking."""
        if self._waiting:
            with self._lock:
                self._write_waiting()

    def _write_soon(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._write_waiting()
        else:
            # Another loop may have been closed before it wrote what was due.
            if self._due_in is not loop:
                loop.call_soon(self._write_due)
                self._due_in = loop

    def _write_due(self) -> None:
        self._due_in = None
        self.flush()

    def _write_waiting(self) -> None:
        if self._is_busy:  # A caller of this one is writing, and goes on with this line.
            return
        self._is_busy = True
        try:
            self._write_in_turn()
        finally:
            self._is_busy = False

    def _write_in_turn(self) -> None:
        while self._waiting and self._is_writable.poll(0):
            piece = self._next_piece()
            try:
                written = os.write(self._descriptor, piece)
            except BlockingIOError:
                return
            except OSError:  # The reader is gone, or the disk is full.
                self._lose_waiting()
                return
            self._is_in_line = not piece[:written].endswith(_END)
            self._forget(written)
            if self._lost and not self._waiting:
                self._waiting.append(self._on_loss(self._lost))
                self._lost = 0

    def _next_piece(self) -> bytes:
        """Return as many whole lines as the descriptor takes, or the beginning of a long one."""
        size, count = 0, 0
        while count < len(self._waiting) and size + len(self._waiting[count]) <= _PIECE:
            size += len(self._waiting[count])
            count += 1
        if not count:
            return self._waiting[0][:_PIECE]
        return b"".join([self._waiting[n] for n in range(count)])

    def _forget(self, written: int) -> None:
        while written:
            line = self._waiting.popleft()
            if len(line) > written:
                self._waiting.appendleft(line[written:])
            written -= min(written, len(line))

    def _lose_waiting(self) -> None:
        self._lost += sum(line != _END for line in self._waiting)
        self._waiting.clear()
        if self._is_in_line:  # The next line must not continue half of this one.
            self._waiting.append(_END)
