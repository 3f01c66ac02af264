"""Where the log goes: a descriptor that may be slow, full or closed, and holds nobody up."""

import os
import select
from collections import deque
from collections.abc import Callable
from threading import RLock

MAX_WAITING = 10_000
"""Lines that wait for the descriptor to take them; further ones are lost, and counted."""

# Where a pipe is writable, it takes as much as this at once (POSIX, `PIPE_BUF`).
_PIECE = 4096
_END = b"\n"


class Output:
    """Writes each line at once, unless that would have to wait; then it is kept for later.

    The lines are written by whoever logs, in the event loop too: that costs less than half of
    handing them to a thread, and none is lost when the process is killed.
    """

    def __init__(self, descriptor: int, on_loss: Callable[[int], bytes]) -> None:
        """Write to a descriptor; `on_loss` makes a line of how many have been lost."""
        self._descriptor = descriptor
        self._on_loss = on_loss
        self._is_writable = select.poll()
        self._is_writable.register(descriptor, select.POLLOUT)
        self._waiting: deque[bytes] = deque()
        self._lost = 0
        self._is_in_line = False
        # What runs while a line is written may log itself: an object that is cleared away does.
        self._lock = RLock()
        self._is_busy = False

    def write(self, line: bytes) -> None:
        """Write a line, and before it those that have had to wait."""
        with self._lock:
            if len(self._waiting) >= MAX_WAITING:
                self._lost += 1
            else:
                self._waiting.append(line)
            self._write_waiting()

    def flush(self) -> None:
        """Write what has had to wait, as far as that is possible by now."""
        if self._waiting:
            with self._lock:
                self._write_waiting()

    def _write_waiting(self) -> None:
        if self._is_busy:  # Further out, and it goes on with what waits by then.
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
        """Write a line, or what can be written now, and keep the rest."""
        try:
            while line and self._is_writable.poll(0):
                written = os.write(self._descriptor, line[:_PIECE])
                self._is_in_line = not line[:written].endswith(_END)
                line = line[written:]
        except BlockingIOError:
            pass
        except OSError:  # Nobody reads it any more, or the disk is full.
            self._lose_waiting()
            return False
        self._waiting[0] = line
        return not line

    def _lose_waiting(self) -> None:
        self._lost += sum(line != _END for line in self._waiting)
        self._waiting.clear()
        if self._is_in_line:  # The next line must not be glued to half of this one.
            self._waiting.append(_END)
