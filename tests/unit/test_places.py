"""Which connection gets a place, and which one is closed for it."""

from dataclasses import dataclass

from tasks_api.server.places import Places


@dataclass(eq=False)
class Connection:
    """One of a client."""

    address: str
    is_idle: bool = False
    is_closed: bool = False

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


def full(*addresses: str, limit: int = 4) -> tuple[Places, list[Connection]]:
    """Return places that are taken by busy connections from these addresses."""
    places, connections = Places(limit), [Connection(address) for address in addresses]
    for connection in connections:
        assert places.take(connection)
    return places, connections


def test_one_address_gets_three_quarters() -> None:
    places, _ = full("mallory", "mallory", "mallory")

    assert not places.take(Connection("mallory"))
    assert places.take(Connection("probe"))


def test_beyond_the_limit_nobody_gets_a_place() -> None:
    places, _ = full("a", "b", "c", "d")

    assert not places.take(Connection("e"))


def test_a_place_that_is_given_back_is_free() -> None:
    places, (first, *_) = full("mallory", "mallory", "mallory")

    places.give_back(first)
    places.give_back(first)

    assert places.take(Connection("mallory"))
    assert not places.take(Connection("mallory"))


def test_the_oldest_idle_connection_of_the_same_address_makes_room() -> None:
    places, mine = full("other", "proxy", "proxy", "proxy")
    mine[0].is_idle = mine[2].is_idle = mine[3].is_idle = True

    assert places.take(Connection("proxy"))
    assert [each.is_closed for each in mine] == [False, False, True, False]


def test_an_idle_connection_of_the_address_with_the_most_makes_room() -> None:
    places, taken = full("one", "many", "many", "two")
    for connection in taken:
        connection.is_idle = True

    assert places.take(Connection("new"))
    assert [each.is_closed for each in taken] == [False, True, False, False]


def test_who_got_no_place_gives_none_back() -> None:
    places, _ = full("a", "b", "c", "d")
    late = Connection("a")

    assert not places.take(late)
    places.give_back(late)

    assert not places.take(Connection("e"))
