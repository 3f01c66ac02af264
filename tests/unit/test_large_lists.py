"""Lists that are too large to be read many at a time: one after the other, and accounted for."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from persistence.large_lists import LargeLists
from persistence.models import Page, TaskList

LIST = TaskList(1, b"[]")


class Reading:
    """Reads lists, and notes whose are read and held at a time."""

    def __init__(self) -> None:
        self.held: list[tuple[str, int]] = []
        self.most = 0
        self.order: list[str] = []
        self.lists = LargeLists(self.hold)

    @contextmanager
    def hold(self, user: str, size: int) -> Iterator[None]:
        self.held.append((user, size))
        try:
            yield
        finally:
            self.held.remove((user, size))

    async def read(self, user: str, *, fails: bool = False) -> TaskList:
        async def read(_page: Page) -> TaskList:
            assert (user, 9) in self.held
            self.most = max(self.most, len(self.held))
            self.order.append(user)
            await asyncio.sleep(0.01)
            if fails:
                raise LookupError
            return LIST

        deadline = time.monotonic() + 20
        return await self.lists.read(user, deadline, lambda: True, 9, read)


def test_one_list_is_read_at_a_time_and_users_take_turns() -> None:
    reading = Reading()

    async def test() -> list[TaskList]:
        users = ["mallory", "mallory", "mallory", "alice", "bob"]
        return await asyncio.gather(*map(reading.read, users))

    assert asyncio.run(test()) == [LIST] * 5
    assert reading.order == ["mallory", "mallory", "alice", "bob", "mallory"]
    assert (reading.most, reading.held) == (1, [])


def test_a_list_that_could_not_be_read_is_in_nobodys_way() -> None:
    reading = Reading()

    async def test() -> None:
        with pytest.raises(LookupError):
            await reading.read("alice", fails=True)
        assert await reading.read("bob") == LIST

    asyncio.run(test())
