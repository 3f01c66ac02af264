"""Bounds the memory of answers that are not sent yet, and of bodies that are being received."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

from boundary.errors import Overloaded

REFUSAL_SECONDS = 0.25
"""How long a refusal takes. Clients that repeat it at once would take all of the CPU."""


LARGE_BYTES, LARGE_AT_ONCE = 2**18, 4
"""Of one user, so many answers that are larger are sent at a time: each takes milliseconds of the
event loop."""


ALWAYS_BYTES = 2 * 2**20
"""What each user may hold, whatever others do: a large body, and what is small beside it."""


class Memory:
    """At most `limit` bytes for all users together, and half of them for one.

    What is larger than that is admitted while nothing else is held, so that it is not refused for
    ever.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._sending: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._held_for: Counter[str] = Counter()

    def require_room(self, user: str) -> None:
        """Raise Overloaded if the user holds a quarter of the limit, before work begins."""
        if self._held_for[user] > self._limit // 4:
            raise Overloaded

    def sending(self, user: str) -> asyncio.Semaphore:
        """Return what a large answer of a user holds while it is sent: `LARGE_AT_ONCE` may."""
        return self._sending.setdefault(user, asyncio.Semaphore(LARGE_AT_ONCE))

    @contextmanager
    def hold(self, user: str, size: int) -> Iterator[None]:
        """Hold so many bytes for a user during the block. Raises Overloaded if there is no room."""
        if self._held_for[user] + size > ALWAYS_BYTES:
            self._admit(self._held, size, self._limit)
            self._admit(self._held_for[user], size, self._limit // 2)
        self._held += size
        self._held_for[user] += size
        try:
            yield
        finally:
            self._held -= size
            self._held_for[user] -= size
            if not self._held_for[user]:
                del self._held_for[user]

    @staticmethod
    def _admit(held: int, size: int, limit: int) -> None:
        if held and held + size > limit:
            raise Overloaded
