"""How the connections of a pool are used."""

from typing import NamedTuple, cast

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool


class PoolState(NamedTuple):
    """Connections: at most, open, in use; and how many statements were run once more so far."""

    size: int
    open: int
    in_use: int
    retries: int


def state_of(engine: Engine, *, retries: int) -> PoolState:
    """Return the state of this moment. Threads go on meanwhile, so it is a little blurred."""
    pool = cast("QueuePool", engine.pool)
    in_use = pool.checkedout()
    return PoolState(pool.size(), pool.checkedin() + in_use, in_use, retries)
