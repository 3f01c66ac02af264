"""The mixed load: a fixed number of clients, and one that asks how the service is."""

import asyncio
import threading
from collections.abc import Mapping
from random import Random

from tests.system.faults.caller import Caller
from tests.system.faults.client import MIX, Client
from tests.system.faults.journal import Journal
from tests.system.faults.ledger import Ledger

CLIENTS = 16

_ASK_SECONDS = 0.05
_LAST_WORDS_SECONDS = 60.0


class Load:
    """Requests to the service on `port`, from entering the `with` block on until `stop()`.

    They are sent from a thread of their own. What the clients draw depends on `name` and `mix`
    alone.
    """

    def __init__(self, port: int, name: str, mix: Mapping[str, int] = MIX) -> None:
        self.journal = Journal()
        self.health = Journal()
        self.ledgers = [Ledger(f"{name} {number}") for number in range(CLIENTS)]
        self._port = port
        self._mix = mix
        self._loop = asyncio.new_event_loop()
        self._running = asyncio.Event()
        self._stopped = asyncio.Event()
        self._everything: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)

    def start(self) -> None:
        """Let the clients begin."""
        self._running.set()
        self._thread.start()

    def rest(self) -> None:
        """Let the clients finish what they are at, and send nothing more."""
        self._loop.call_soon_threadsafe(self._running.clear)

    def resume(self) -> None:
        """Let the clients go on after a rest."""
        self._loop.call_soon_threadsafe(self._running.set)

    def stop(self) -> None:
        """Wait until every client has had its last answer. Raises what went wrong in the load."""
        if self._thread.is_alive():
            self.resume()
            self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(_LAST_WORDS_SECONDS)
        if self._thread.is_alive():
            raise TimeoutError("the clients do not come to an end")
        if self._failure is not None:
            raise RuntimeError("the load failed") from self._failure

    def close(self) -> None:
        """End it at once, if it is not over."""
        if self._thread.is_alive() and self._everything is not None:
            self._loop.call_soon_threadsafe(self._everything.cancel)
            self._thread.join(_LAST_WORDS_SECONDS)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
                runner.run(self._everybody())
        except BaseException as error:  # noqa: BLE001 -- it is raised again by stop().
            self._failure = error

    async def _everybody(self) -> None:
        self._everything = asyncio.current_task()
        async with asyncio.TaskGroup() as everybody:
            for ledger in self.ledgers:
                caller = Caller(self._port, ledger.user_id, self.journal)
                client = Client(caller, ledger, Random(ledger.user_id), self._mix)
                everybody.create_task(client.work(self._running, self._stopped))
            for path in ("/livez", "/readyz"):
                everybody.create_task(self._ask(path))

    async def _ask(self, path: str) -> None:
        caller = Caller(self._port, "nobody", self.health)
        while not self._stopped.is_set():
            await caller.ask(path, "GET", path)
            await asyncio.sleep(_ASK_SECONDS)
        caller.close()
