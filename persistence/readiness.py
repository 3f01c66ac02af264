"""Whether the database is ready, and the schema that this version of the service needs."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
"""Beside this package, in a checkout and in an installation alike."""

VERSION_TABLE = "tasks_alembic_version"
"""Where Alembic keeps the revision: another program in the database may have `alembic_version`."""

QUIET_SECONDS = 60.0
"""Without traffic for that long, the database is not queried. Neon suspends after 300 seconds."""


def expected_revision() -> str:
    """Return the newest migration's number, from the file names: `0001_tasks.py` is `0001`.

    Alembic knows it too, but takes a tenth of a second to import.
    """
    return max(file.name.partition("_")[0] for file in MIGRATIONS.glob("versions/[0-9]*_*.py"))


class Readiness:
    """The last answer of the database to the question whether it is ready.

    Load balancers probe every few seconds, and must not keep an unused database awake. So
    a success stays valid while the database is not used. A failure is never remembered, because a
    probe waits for it to end. Each process asks for itself.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[object]], *, quiet_seconds: float = QUIET_SECONDS
    ) -> None:
        self._ask = ask
        self._quiet_seconds = quiet_seconds
        self._used_at: float | None = None
        self._ready_at: float | None = None

    def note_traffic(self) -> None:
        """Note that a request, and not a probe, uses the database."""
        self._used_at = time.monotonic()

    async def age(self, *, ask: bool) -> float:
        """Return the seconds since the database was last ready, asking it first if necessary.

        Raises what asking raises if it is not ready.
        """
        ready_at = self._ready_at
        if ask or ready_at is None or self._is_in_use():
            self._ready_at = None  # Until it answers, nothing is known.
            await self._ask()
            ready_at = self._ready_at = time.monotonic()
        return time.monotonic() - ready_at

    def _is_in_use(self) -> bool:
        used_at = self._used_at
        return used_at is not None and time.monotonic() - used_at < self._quiet_seconds
