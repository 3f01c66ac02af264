"""Whether the database is ready: asked while there is traffic, remembered while there is none."""

import time
from collections.abc import Callable

QUIET_SECONDS = 60.0
"""Without traffic for that long, the database is left alone. Neon's sleeps after 300 seconds."""


class Readiness:
    """What this process knows of the database from having asked it.

    Load balancers ask every few seconds, and must not keep a database awake that nobody uses. So
    what it said last is good for as long as nobody uses it; a no is never good for long, as that
    is what has to change. Only this process needs to know: another one asks for itself.
    """

    def __init__(self, ask: Callable[[], object], *, quiet_seconds: float = QUIET_SECONDS) -> None:
        self._ask = ask
        self._quiet_seconds = quiet_seconds
        self._used_at: float | None = None
        self._ready_at: float | None = None

    def note_traffic(self) -> None:
        """Note that the database is being used, by a request and not by this question."""
        self._used_at = time.monotonic()

    def age(self, *, ask: bool) -> float:
        """Give the seconds since the database was found ready, after asking it if need be.

        Raises what asking raises: then it is not ready.
        """
        ready_at = self._ready_at
        if ask or ready_at is None or self._is_in_use():
            self._ready_at = None  # Until it answers, nothing is known.
            self._ask()
            ready_at = self._ready_at = time.monotonic()
        return time.monotonic() - ready_at

    def _is_in_use(self) -> bool:
        used_at = self._used_at
        return used_at is not None and time.monotonic() - used_at < self._quiet_seconds
