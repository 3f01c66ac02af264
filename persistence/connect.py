"""The hosts of a URL: tried one after the other, each in its share of the time."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import psycopg2

from persistence import deadline

Parameters = Mapping[str, str]
Connection = TypeVar("Connection")


def each_host(parameters: Parameters) -> Sequence[Parameters]:
    """Give the parameters for each host that is named; most often there is one.

    libpq can try several by itself. But then one that swallows packets uses up the time of the
    others, and libpq looks up the names of all but the first while nothing else can run.
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
    """Connect to the first host that lets us.

    Raises psycopg2.OperationalError for the last one where none does.
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


_PER_HOST = ("host", "hostaddr", "port")
