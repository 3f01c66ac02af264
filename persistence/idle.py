"""Idle connections: looked at before they are lent, and asked where there is reason to doubt."""

import select
import time
from typing import Any

import psycopg2
from psycopg2.extensions import connection
from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from persistence import deadline

CHECK_AFTER_SECONDS = 15.0
"""Idle for longer than that, a connection is asked whether it still works before it is used."""

CHECK_SECONDS = 1.0
"""How long that may take; a silent network does not answer at all."""

_USED_AT = "used_at"


def replace_dead_connections(engine: Engine) -> None:
    """Have the engine's pool replace, alone, each connection that no longer works when it is lent.

    One that the server has closed has something to say, which takes no round trip to see. A silent
    network leaves no trace, so one that was idle for long is asked in any case.
    """

    def check(lent: Any, entry: ConnectionPoolEntry, _proxy: object) -> None:
        used_at = entry.info.get(_USED_AT)
        if used_at is None:  # It is new.
            return
        if time.monotonic() - used_at < CHECK_AFTER_SECONDS and not _has_something_to_say(lent):
            return
        try:
            with deadline.within(CHECK_SECONDS):
                engine.dialect.do_ping(lent)
        except psycopg2.Error as error:
            raise DisconnectionError from error

    event.listen(engine, "checkout", check)
    event.listen(engine, "checkin", _note_the_time)


def _note_the_time(_connection: object, entry: ConnectionPoolEntry) -> None:
    entry.info[_USED_AT] = time.monotonic()


def _has_something_to_say(lent: connection) -> bool:
    """Tell whether bytes, or the end, have come in on a connection that asked for nothing."""
    arrived = select.poll()
    arrived.register(lent.fileno(), select.POLLIN)
    return bool(arrived.poll(0))
