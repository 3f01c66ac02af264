"""A large list is sent without holding the event loop."""

import asyncio
from itertools import pairwise

from starlette.types import Message

from handlers.replies import ok_list
from persistence.models import TaskList

PIECES = (b"1,", b"2,", b"3]")


async def never() -> Message:
    raise AssertionError


def test_others_have_a_turn_between_two_pieces_even_if_the_system_takes_all_at_once() -> None:
    happened: list[bytes] = []
    response = ok_list(TaskList(1, b"[0,", PIECES), if_match=None, if_none_match=None)

    async def send(message: Message) -> None:
        happened.append(message.get("body", b""))

    async def other() -> None:
        while True:
            happened.append(b"another")
            await asyncio.sleep(0)

    async def test() -> None:
        another = asyncio.create_task(other())
        await response({"type": "http"}, never, send)
        another.cancel()

    asyncio.run(test())

    for piece, following in pairwise(PIECES):
        assert b"another" in happened[happened.index(piece) : happened.index(following)]
    assert b"".join(each for each in happened if each != b"another") == b'{"data":[0,1,2,3]}'
