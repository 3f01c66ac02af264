"""A client: one user, one request after the other, and an account of every answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Any

import orjson

from tests.system.faults.caller import Caller
from tests.system.faults.channel import Reply
from tests.system.faults.ledger import GONE, Ledger, State, state_of

_PAUSE_SECONDS = 0.06
_AGAIN_SECONDS = 0.1
_GIVE_UP_SECONDS = 20.0
_TASKS_AT_MOST = 12
_RESENT = 0.2
"""The share of acknowledged creations that are sent again, as if the answer had been lost."""

_DESCRIPTION_BYTES = 700
"""Drawn at random, so that they take their room on the disk."""

MIX = {
    "create": 12,
    "create_with_key": 24,
    "get": 18,
    "list": 10,
    "replace": 14,
    "toggle": 12,
    "delete": 10,
}
"""How often each operation is chosen."""


class Client:
    """The user of a ledger. What `random` draws is the same in every run."""

    def __init__(
        self, caller: Caller, ledger: Ledger, random: Random, mix: Mapping[str, int]
    ) -> None:
        self._caller = caller
        self._ledger = ledger
        self._random = random
        self._mix = mix
        self._doubtful: int | None = None

    async def work(self, running: asyncio.Event, stopped: asyncio.Event) -> None:
        """Do one thing after another until `stopped`; rest while `running` is not set."""
        while not stopped.is_set():
            await running.wait()
            await self._one_thing()
            await asyncio.sleep(_PAUSE_SECONDS * self._random.uniform(0.5, 1.5))
        self._caller.close()

    async def _one_thing(self) -> None:
        if self._doubtful is not None:
            await self._replace(self._doubtful)
            return
        alive = self._ledger.alive()
        choice = self._random.choices(list(self._mix), list(self._mix.values()))[0]
        if len(alive) > _TASKS_AT_MOST and "delete" in self._mix:
            choice = "delete"
        if choice == "list":
            await self._list()
        elif choice.startswith("create") or not alive:
            await self._create(with_key=choice != "create")
        else:
            await getattr(self, f"_{choice}")(self._random.choice(alive))

    async def _create(self, *, with_key: bool) -> None:
        wanted = self._wanted(f"{self._random.getrandbits(96):024x}")
        self._ledger.attempted[wanted.title] = with_key
        if not with_key:
            self._created(await self._send("POST", "/api/tasks", wanted), wanted)
            return
        key = wanted.title
        reply = await _insist(lambda _: self._send("POST", "/api/tasks", wanted, key))
        self._created(reply, wanted)
        if reply is not None and self._random.random() < _RESENT:
            self._created(await self._send("POST", "/api/tasks", wanted, key), wanted)

    def _created(self, reply: Reply | None, wanted: State) -> None:
        if reply is not None:
            self._ledger.created(_task(reply)["id"], state_of(_task(reply)), wanted)

    async def _get(self, task_id: int) -> None:
        reply = await self._caller.ask("get", "GET", f"/api/tasks/{task_id}")
        if reply is not None:
            self._ledger.read(task_id, state_of(_task(reply)))

    async def _list(self) -> None:
        reply = await self._caller.ask("list", "GET", "/api/tasks")
        if reply is not None:
            found = {task["id"]: state_of(task) for task in orjson.loads(reply.body)["data"]}
            for task_id in self._ledger.possible:
                self._ledger.read(task_id, found.get(task_id, GONE))

    async def _replace(self, task_id: int) -> None:
        marker = self._ledger.marker(task_id)
        wanted = self._wanted(f"{marker} {self._random.getrandbits(32):08x}")
        reply = await self._send("PUT", f"/api/tasks/{task_id}", wanted)
        self._changed(task_id, reply, lambda was: wanted._replace(completed=was.completed))

    async def _toggle(self, task_id: int) -> None:
        reply = await self._caller.ask("toggle", "PATCH", f"/api/tasks/{task_id}/complete")
        self._changed(task_id, reply, lambda was: was._replace(completed=not was.completed))

    def _changed(self, task_id: int, reply: Reply | None, change: Callable[[State], State]) -> None:
        # Who does not know whether a change was made writes again what the task shall be.
        self._doubtful = task_id if reply is None else None
        if reply is None:
            self._ledger.may_have_changed(task_id, change)
        else:
            self._ledger.changed(task_id, state_of(_task(reply)), change)

    async def _delete(self, task_id: int) -> None:
        # An attempt without a success may have been one: then the next finds nothing, and is one.
        reply = await _insist(
            lambda repeated: self._caller.ask(
                "delete", "DELETE", f"/api/tasks/{task_id}", also={404} if repeated else ()
            )
        )
        if reply is None:
            self._ledger.may_have_removed(task_id)
        else:
            self._ledger.removed(task_id)

    async def _send(
        self, method: str, path: str, task: State, key: str | None = None
    ) -> Reply | None:
        body = {"title": task.title, "description": task.description}
        operation = "create" if method == "POST" else "replace"
        return await self._caller.ask(operation, method, path, task=body, key=key)

    def _wanted(self, title: str) -> State:
        return State(title, self._random.randbytes(_DESCRIPTION_BYTES).hex(), completed=False)


async def _insist(ask: Callable[[bool], Awaitable[Reply | None]]) -> Reply | None:
    """Ask until there is a success; `ask` is told whether it has been tried before."""
    give_up = time.monotonic() + _GIVE_UP_SECONDS
    reply = await ask(False)  # noqa: FBT003 -- the lambdas above name it.
    while reply is None and time.monotonic() < give_up:
        await asyncio.sleep(_AGAIN_SECONDS)
        reply = await ask(True)  # noqa: FBT003
    return reply


def _task(reply: Reply) -> dict[str, Any]:
    task: dict[str, Any] = orjson.loads(reply.body)["data"]
    return task
