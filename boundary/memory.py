"""Bounds the memory of answers that are not sent yet, and of bodies that are being received."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from boundary.errors import Overloaded

REFUSAL_SECONDS = 0.25
"""How long a refusal takes. Clients that repeat it at once would take all of the CPU."""


class Memory:
    """At most `limit` bytes for all users together, and half of them for one.

    What is larger than that is admitted while nothing else is held, so that it is not refused for
    ever.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._held_for: Counter[str] = Counter()

    @contextmanager
    def hold(self, user: str, size: int) -> Iterator[None]:
        """Hold so many bytes for a user during the block. Raises Overloaded if there is no room."""
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
