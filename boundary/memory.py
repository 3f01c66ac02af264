"""Bounds the memory of answers that are not sent yet, and of bodies that are being received."""

import asyncio
from types import TracebackType
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
        self._held_for: dict[str, int] = {}

    def require_room(self, user: str) -> None:
        """Raise Overloaded if the user holds a quarter of the limit, before work begins."""
        if self._held_for.get(user, 0) > self._limit // 4:
            raise Overloaded

    def sending(self, user: str) -> asyncio.Semaphore:
        """Return what a large answer of a user holds while it is sent: `LARGE_AT_ONCE` may."""
        return self._sending.setdefault(user, asyncio.Semaphore(LARGE_AT_ONCE))

    def hold(self, user: str, size: int) -> "_Hold":
        """Hold so many bytes for a user in a `with`. Raises Overloaded if there is no room."""
        return _Hold(self, user, size)

    def take(self, user: str, size: int) -> None:
        """Begin to hold them: see `hold`."""
        held_for = self._held_for.get(user, 0)
        if held_for + size > ALWAYS_BYTES:
            self._admit(self._held, size, self._limit)
            self._admit(held_for, size, self._limit // 2)
        self._held += size
        self._held_for[user] = held_for + size

    def give_back(self, user: str, size: int) -> None:
        """Hold them no longer."""
        self._held -= size
        left = self._held_for.pop(user, 0) - size
        if left:
            self._held_for[user] = left

    @staticmethod
    def _admit(held: int, size: int, limit: int) -> None:
        if held and held + size > limit:
            raise Overloaded


class _Hold:
    # Entered for every request: `contextlib.contextmanager` would take three times as long.
    __slots__ = ("_memory", "_size", "_user")

    def __init__(self, memory: Memory, user: str, size: int) -> None:
        self._memory, self._user, self._size = memory, user, size

    def __enter__(self) -> None:
        self._memory.take(self._user, self._size)

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._memory.give_back(self._user, self._size)
