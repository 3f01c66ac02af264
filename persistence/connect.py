"""How a connection is opened: with our defaults, to the first host that lets us in, in time."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import psycopg2

from persistence import deadline

# A silent network is given up after about seven seconds, not after many minutes.
DRIVER_DEFAULTS = {
    "application_name": "tasks-api",
    "client_encoding": "UTF8",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "2",
    "tcp_user_timeout": "5000",
}

_PER_HOST = ("host", "hostaddr", "port")

Parameters = Mapping[str, str]
Connection = TypeVar("Connection")


def each_host(parameters: Parameters) -> Sequence[Parameters]:
    """Return libpq's parameters once for each host of the URL; most often there is one.

    libpq can try several hosts by itself. But then a host that drops packets uses up the time of
    the others, and libpq resolves the names of all but the first while holding Python's GIL.
    """
    lists = {name: parameters[name].split(",") for name in _PER_HOST if name in parameters}
    count = max(map(len, lists.values()), default=1)
    if count == 1:
        return [parameters]
    return [
        {**parameters, **{name: values[n % len(values)] for name, values in lists.items()}}
        for n in range(count)
    ]


def connect(
    open_: Callable[..., Connection], hosts: Sequence[Parameters], seconds: float
) -> Connection:
    """Connect to the first host that accepts the connection, within `seconds` for all of them.

    Raises psycopg2.OperationalError for the last host if none does.
    """
    end = time.monotonic() + seconds
    *others, last = hosts
    for tried, host in enumerate(others):
        share = (end - time.monotonic()) / (len(hosts) - tried)
        try:
            with deadline.within(share):
                return open_(**host)
        except psycopg2.OperationalError:
            continue
    with deadline.until(end):
        return open_(**last)
