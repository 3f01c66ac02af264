"""The connections of clients: how many there may be, and which one makes room for another."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault


class Connection(Protocol):
    """What decides which connection is closed."""

    @property
    def address(self) -> str:
        """Where it comes from."""

    @property
    def is_idle(self) -> bool:
        """Whether it can be closed without the loss of an answer."""

    def close(self) -> None:
        """Close it, because another one needs its place."""


class Places:
    """At most `limit` connections, and three quarters of them from one address.

    Behind a proxy, all requests come from one address, and the probes of an orchestrator usually
    from another one. If there is no place, the oldest idle connection of the address that has the
    most is closed.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._of_one = max(1, limit * 3 // 4)
        self._taken = 0
        self._by_address: defaultdict[str, dict[Connection, None]] = defaultdict(dict)
        """Of each address, in the order in which they were opened."""
        self._fault = Fault(Event.CONNECTIONS_EXHAUSTED, Event.CONNECTIONS_AVAILABLE)

    def take(self, connection: Connection) -> bool:
        """Take a place, if need be of an idle connection. Return whether there was one."""
        mine = self._by_address.get(connection.address, {})
        if len(mine) >= self._of_one:
            is_room = self._make_room(mine)
        else:
            most = max(self._by_address.values(), key=len, default={})
            is_room = self._taken < self.limit or self._make_room(most)
        if is_room:
            self._by_address[connection.address][connection] = None
            self._taken += 1
            self._fault.succeed()
        else:
            self._fault.fail(f"MAX_CONNECTIONS={self.limit}")
        return is_room

    def give_back(self, connection: Connection) -> None:
        """Give back the place of a connection, if it has one."""
        mine = self._by_address.get(connection.address, {})
        if connection in mine:
            del mine[connection]
            self._taken -= 1
            if not mine:
                del self._by_address[connection.address]

    def _make_room(self, connections: Iterable[Connection]) -> bool:
        idle = next((each for each in connections if each.is_idle), None)
        if idle is None:
            return False
        self.give_back(idle)
        idle.close()
        return True
