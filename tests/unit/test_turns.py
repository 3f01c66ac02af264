"""Turns at the limits: too many who wait, and what happens in one turn of the event loop."""

import asyncio
import time
import weakref
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest

from persistence.errors import Abandoned, DatabaseUnavailable, TooManyWaiting
from persistence.turns import MAX_WAITING, MAX_WAITING_OF_ONE, Turns


def take(
    turns: Turns, user: str, *, group: str | None = None, is_wanted: bool = True
) -> Awaitable[bool]:
    return turns.take(
        user,
        deadline=time.monotonic() + 60,
        patience=60,
        is_wanted=lambda: is_wanted,
        group=group,
    )


async def waiting_for(
    turns: Turns, user: str, *, group: str | None = None, is_wanted: bool = True
) -> asyncio.Task[bool]:
    """Give a request that waits for a place."""
    before = turns.waiting
    request = asyncio.ensure_future(take(turns, user, group=group, is_wanted=is_wanted))
    await asyncio.sleep(0)
    assert turns.waiting == before + 1
    return request


@asynccontextmanager
async def crowd(turns: Turns, users: list[str]) -> AsyncIterator[None]:
    """Have one request of each of these wait, in this order, during the block."""
    requests = [await waiting_for(turns, user) for user in users]
    yield
    for request in requests:
        request.cancel()
    await asyncio.gather(*requests, return_exceptions=True)


def test_of_one_user_only_so_many_wait() -> None:
    async def test() -> None:
        turns = Turns(2, share=1)
        await take(turns, "mallory")
        async with crowd(turns, ["mallory"] * MAX_WAITING_OF_ONE):
            with pytest.raises(TooManyWaiting):
                await take(turns, "mallory")

            await take(turns, "alice")
            await waiting_for(turns, "bob")

    asyncio.run(test())


def test_of_all_users_only_so_many_wait() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        users = [f"user-{n}" for n in range(MAX_WAITING)]
        async with crowd(turns, users[1:]):
            last = await waiting_for(turns, users[0])
            with pytest.raises(TooManyWaiting):
                await take(turns, users[1])
            another = await waiting_for(turns, "alice")  # A user without a waiting request is next.
            last.cancel()
            another.cancel()

    asyncio.run(test())


def test_who_waits_gives_up_at_the_deadline_however_patient() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        deadline = time.monotonic() + 0.2
        late = asyncio.ensure_future(
            turns.take("bob", deadline=deadline, patience=60, is_wanted=lambda: True)
        )
        await asyncio.wait([late], timeout=5)

        with pytest.raises(DatabaseUnavailable, match="the time is up"):
            await late

    asyncio.run(test())


def test_a_refusal_takes_a_quarter_of_a_second() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        async with crowd(turns, ["mallory"] * MAX_WAITING_OF_ONE):
            began = time.monotonic()
            with pytest.raises(TooManyWaiting):
                await take(turns, "mallory")

        assert time.monotonic() - began > 0.2

    asyncio.run(test())


def test_a_place_that_was_given_in_the_turn_of_a_cancellation_is_given_back() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        cancelled, other = await waiting_for(turns, "alice"), await waiting_for(turns, "bob")

        turns.give_back("mallory")
        cancelled.cancel()

        await asyncio.wait_for(other, 5)
        turns.give_back("bob")
        assert (turns.taken, turns.waiting) == (0, 0)

    asyncio.run(test())


def test_a_place_is_not_given_to_who_was_cancelled_in_the_same_turn() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        cancelled, other = await waiting_for(turns, "alice"), await waiting_for(turns, "bob")

        cancelled.cancel()
        turns.give_back("mallory")

        await asyncio.wait_for(other, 5)
        turns.give_back("bob")
        assert (turns.taken, turns.waiting) == (0, 0)

    asyncio.run(test())


def test_behind_who_has_gone_the_next_one_gets_the_place() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "mallory")
        deadline = time.monotonic() + 60
        gone = asyncio.ensure_future(
            turns.take("bob", deadline=deadline, patience=60, is_wanted=lambda: False)
        )
        await asyncio.sleep(0)
        there = await waiting_for(turns, "alice")

        turns.give_back("mallory")

        await asyncio.wait_for(there, 5)
        with pytest.raises(Abandoned):
            await gone

    asyncio.run(test())


class Name(str):
    """A name that tells when nobody holds it any more."""

    __slots__ = ("__weakref__",)


def test_a_user_who_has_no_place_any_more_is_forgotten() -> None:
    async def test() -> None:
        turns = Turns(2, share=1)
        user = Name("alice")
        await take(turns, user)
        waiting = await waiting_for(turns, user)
        turns.give_back(user)
        await waiting
        turns.give_back(user)

        is_held = weakref.ref(user)
        del user, waiting

        assert is_held() is None

    asyncio.run(test())


def test_a_group_goes_on_with_the_first_of_it_that_gets_a_place() -> None:
    async def test() -> None:
        turns = Turns(1, share=2)
        await take(turns, "first")
        reads = [await waiting_for(turns, f"user-{n}", group="reads") for n in range(5)]
        write = await waiting_for(turns, "writer")

        turns.give_back("first")

        assert await asyncio.gather(*reads) == [True, False, False, False, False]
        assert (turns.taken, turns.waiting) == (1, 1)
        turns.give_back("user-0")
        assert await write

    asyncio.run(test())


def test_a_user_has_a_share_of_a_group_and_keeps_the_order() -> None:
    async def test() -> None:
        turns = Turns(1, share=2)
        await take(turns, "first")
        leader = await waiting_for(turns, "leader", group="reads")
        many = [await waiting_for(turns, "mallory", group="reads") for _ in range(4)]
        write = await waiting_for(turns, "alice")
        behind = await waiting_for(turns, "alice", group="reads")

        turns.give_back("first")
        await asyncio.sleep(0.01)

        assert await leader
        assert [each.done() for each in many] == [True, True, False, False]
        assert not write.done()
        assert not behind.done()
        for each in (*many, write, behind):
            each.cancel()
        await asyncio.gather(*many, write, behind, return_exceptions=True)
        assert (turns.taken, turns.waiting) == (1, 0)

    asyncio.run(test())


def test_of_a_group_those_whose_clients_have_gone_are_dropped() -> None:
    async def test() -> None:
        turns = Turns(1, share=1)
        await take(turns, "first")
        leader = await waiting_for(turns, "leader", group="reads")
        gone = await waiting_for(turns, "alice", group="reads", is_wanted=False)
        cancelled = await waiting_for(turns, "bob", group="reads")

        turns.give_back("first")
        cancelled.cancel()

        assert await leader
        with pytest.raises(Abandoned):
            await gone
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        assert (turns.taken, turns.waiting) == (1, 0)

    asyncio.run(test())
