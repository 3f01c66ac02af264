"""Writes the log to a file descriptor that may be slow, full or closed, without blocking."""

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

    The caller writes the line, in the event loop too: that costs less than half of passing it to a
    thread, and no line is lost when the process is killed.
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

    def write(self, line: bytes) -> None:
        """Write a line, after those that had to wait."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                self._lost += 1
            else:
                self._waiting.append(line)
            self._write_waiting()

    def flush(self) -> None:
        """Write the lines that had to wait, as far as that is possible without blocking."""
        if self._waiting:
            with self._lock:
                self._write_waiting()

    def _write_waiting(self) -> None:
        if self._is_busy:  # A caller of this one is writing, and goes on with this line.
            return
        self._is_busy = True
        try:
            self._write_in_turn()
        finally:
            self._is_busy = False

    def _write_in_turn(self) -> None:
        while self._waiting and self._write(self._waiting[0]):
            self._waiting.popleft()
            if self._lost and not self._waiting:
                self._waiting.append(self._on_loss(self._lost))
                self._lost = 0

    def _write(self, line: bytes) -> bool:
        """Write what fits of a line now, and keep the rest; return whether the line is complete."""
        try:
            while line and self._is_writable.poll(0):
                written = os.write(self._descriptor, line[:_PIECE])
                self._is_in_line = not line[:written].endswith(_END)
                line = line[written:]
        except BlockingIOError:
            pass
        except OSError:  # The reader is gone, or the disk is full.
            self._lose_waiting()
            return False
        self._waiting[0] = line
        return not line

    def _lose_waiting(self) -> None:
        self._lost += sum(line != _END for line in self._waiting)
        self._waiting.clear()
        if self._is_in_line:  # The next line must not continue half of this one.
            self._waiting.append(_END)
