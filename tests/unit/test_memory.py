"""How much is held in memory for all users together, and for one."""

import asyncio
import weakref

import pytest

from boundary import memory as memory_module
from boundary.errors import Overloaded
from boundary.memory import Memory


@pytest.fixture(autouse=True)
def _no_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "ALWAYS_BYTES", 0)


def test_each_user_may_hold_a_little_whatever_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_module, "ALWAYS_BYTES", 10)
    memory = Memory(100)

    with memory.hold("mallory", 50), memory.hold("eve", 50), memory.hold("alice", 6):
        with memory.hold("alice", 4):
            pass
        with pytest.raises(Overloaded), memory.hold("alice", 5):
            pass


def test_one_user_holds_half_of_it_at_most_and_another_one_the_rest() -> None:
    memory = Memory(100)

    with memory.hold("mallory", 30), memory.hold("mallory", 20):
        with pytest.raises(Overloaded), memory.hold("mallory", 1):
            pass
        with memory.hold("alice", 50):
            pass


def test_all_users_together_hold_no_more_than_all_of_it() -> None:
    memory = Memory(100)

    with memory.hold("alice", 50), memory.hold("bob", 40):
        with pytest.raises(Overloaded), memory.hold("carol", 11):
            pass
        with memory.hold("carol", 10):
            pass


def test_what_has_been_sent_or_refused_is_held_no_longer() -> None:
    memory = Memory(100)

    for _ in range(10):
        with memory.hold("alice", 50), pytest.raises(Overloaded), memory.hold("alice", 50):
            pass
        with pytest.raises(ValueError, match="lost"), memory.hold("alice", 50):
            raise ValueError("lost")

    with memory.hold("alice", 50):
        pass


def test_a_user_who_holds_a_quarter_is_refused_before_work_begins() -> None:
    memory = Memory(100)

    with memory.hold("mallory", 25):
        memory.require_room("mallory")
    with memory.hold("mallory", 26):
        with pytest.raises(Overloaded):
            memory.require_room("mallory")
        memory.require_room("alice")


def test_four_large_answers_of_one_user_are_sent_at_a_time() -> None:
    memory = Memory(100)

    async def send(user: str) -> None:
        async with memory.sending(user):
            await asyncio.Event().wait()

    async def test() -> int:
        tasks = [asyncio.create_task(send("mallory")) for _ in range(9)]
        await asyncio.sleep(0)
        is_full = memory.sending("mallory").locked()
        for task in tasks[:5]:
            task.cancel()
        await asyncio.sleep(0.01)
        assert is_full
        assert not memory.sending("alice").locked()
        return sum(task.done() for task in tasks)

    assert asyncio.run(test()) == 5


def test_what_is_larger_is_admitted_while_nothing_else_is_held() -> None:
    memory = Memory(100)

    with memory.hold("alice", 1000):
        with pytest.raises(Overloaded), memory.hold("alice", 1):
            pass
        with pytest.raises(Overloaded), memory.hold("bob", 1):
            pass
    with memory.hold("bob", 50), pytest.raises(Overloaded), memory.hold("alice", 1000):
        pass


class Name(str):
    """A name that tells when nobody holds it any more."""

    __slots__ = ("__weakref__",)


def test_a_user_for_whom_nothing_is_held_is_forgotten() -> None:
    memory = Memory(100)
    user = Name("alice")
    with memory.hold(user, 10), memory.hold(user, 20):
        pass

    is_held = weakref.ref(user)
    del user

    assert is_held() is None
