"""Who is next: users take turns, and one user has a share of the places at most."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Hashable
from itertools import islice
from typing import NamedTuple

from persistence.errors import Abandoned, DatabaseUnavailable, TooManyWaiting

MAX_WAITING = 5000
MAX_WAITING_OF_ONE = 500
"""Beyond these, a request is refused: it would be given up before its turn anyway."""

REFUSAL_SECONDS = 0.25
"""How long a refusal takes. Clients that repeat it at once would take all of the CPU."""

IsWanted = Callable[[], bool]
"""Returns whether a client still waits for the result."""


MAX_LOOKED_AT = 256
"""Users among whom those are looked for who may go on together."""


class _Waiter(NamedTuple):
    place: asyncio.Future[bool]
    is_wanted: IsWanted
    group: Hashable


class Turns:
    """`places` that can be taken at a time, at most `share` of them by one user.

    Users who wait get a place in turn, however many requests each of them has; the requests of one
    user in their order. The service itself is the user `""`, and may take all of them.
    """

    def __init__(self, places: int, *, share: int) -> None:
        self._places = places
        self._share = share
        self._taken_by: dict[str, int] = {}
        self.taken = 0
        """How many places are taken."""
        self._waiting: dict[str, deque[_Waiter]] = {}
        """In the order of the users' turns."""
        self._served_at = 0.0
        self.waiting = 0
        """How many requests wait."""

    async def take(
        self,
        user: str,
        *,
        deadline: float,
        patience: float,
        is_wanted: IsWanted,
        group: Hashable = None,
    ) -> bool:
        """Take a place, if need be after waiting for it, and return True.

        When a request of a `group` gets a place, those of the same group that are next in the
        queues of their users go on with it: they get no place, and False is returned.

        `deadline` is a moment of `time.monotonic()`. Raises DatabaseUnavailable if it has
        passed, or if no waiting request has got a place for `patience` seconds; TooManyWaiting;
        Abandoned if it is not wanted any more when its turn comes.
        """
        if self.taken < self._places and self._may_take(user):
            self._grant(user)
            return True
        queue = self._waiting.get(user) or deque()
        # A user without a waiting request is next in turn, however many others wait.
        if queue and (self.waiting >= MAX_WAITING or len(queue) >= MAX_WAITING_OF_ONE):
            await asyncio.sleep(REFUSAL_SECONDS)
            raise TooManyWaiting(reason="too many requests wait for the database")
        loop = asyncio.get_running_loop()
        waiter = _Waiter(loop.create_future(), is_wanted, group)
        return await self._wait(waiter, queue, user, deadline, patience)

    def give_back(self, user: str) -> None:
        """Give a place back, and to the next in turn."""
        self.taken -= 1
        left = self._taken_by.pop(user) - 1
        if left:
            self._taken_by[user] = left
        if self._waiting:
            self._serve()

    async def _wait(
        self,
        waiter: _Waiter,
        queue: deque[_Waiter],
        user: str,
        deadline: float,
        patience: float,
    ) -> bool:
        loop = asyncio.get_running_loop()
        queue.append(waiter)
        self._waiting[user] = queue
        self.waiting += 1
        asked_at = time.monotonic()
        timer: asyncio.TimerHandle

        def look() -> None:
            nonlocal timer
            now = time.monotonic()
            end = min(deadline, max(asked_at, self._served_at) + patience)
            if now < end:
                timer = loop.call_later(end - now, look)
            elif not waiter.place.done():
                reason = "the time is up" if now >= deadline else "no connection was free in time"
                waiter.place.set_exception(DatabaseUnavailable(reason=reason))

        timer = loop.call_later(min(patience, deadline - asked_at), look)
        try:
            return await waiter.place
        except asyncio.CancelledError:
            place = waiter.place
            is_granted = place.done() and not place.cancelled() and place.exception() is None
            if is_granted and place.result():
                self.give_back(user)  # It was granted in the same turn of the event loop.
            raise
        finally:
            timer.cancel()
            self._forget(user, waiter)

    def _forget(self, user: str, waiter: _Waiter) -> None:
        """Take a request out of the queue that has been given up, if it is still in it."""
        queue = self._waiting.get(user)
        if queue is not None and waiter in queue:
            queue.remove(waiter)
            self.waiting -= 1
            if not queue:
                del self._waiting[user]

    def _grant(self, user: str) -> None:
        self.taken += 1
        self._taken_by[user] = self._taken_by.get(user, 0) + 1

    def _serve(self) -> None:
        while self.taken < self._places and (user := self._next_user()) is not None:
            queue = self._waiting.pop(user)
            waiter = queue.popleft()
            self.waiting -= 1
            if queue:
                self._waiting[user] = queue  # Behind the others.
            if waiter.place.done():
                continue
            if waiter.is_wanted():
                self._grant(user)
                self._served_at = time.monotonic()
                waiter.place.set_result(True)
                if waiter.group is not None:
                    self._serve_group(waiter.group)
            else:
                waiter.place.set_exception(Abandoned(reason="the client has gone"))

    def _serve_group(self, group: Hashable) -> None:
        for user in list(islice(self._waiting, MAX_LOOKED_AT)):
            queue = self._waiting[user]
            for _ in range(self._share):
                if queue and queue[0].group == group:
                    waiter = queue.popleft()
                    self.waiting -= 1
                    if waiter.place.done():
                        continue
                    if waiter.is_wanted():
                        waiter.place.set_result(False)
                    else:
                        waiter.place.set_exception(Abandoned(reason="the client has gone"))
            if not queue:
                del self._waiting[user]

    def _next_user(self) -> str | None:
        return next(filter(self._may_take, self._waiting), None)

    def _may_take(self, user: str) -> bool:
        return not user or self._taken_by.get(user, 0) < self._share
