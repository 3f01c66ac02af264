"""What happens again and again: told once in a while, and counted in between."""

from time import monotonic
from typing import NamedTuple

TOLD_EVERY_SECONDS = 60.0

MAX_KINDS = 100
"""That are told apart; the one that was told first is forgotten first."""


class _Told(NamedTuple):
    at: float
    untold: int


class Repetition:
    """Counts what is not told, for each kind of thing."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}

    def to_tell(self, kind: str) -> int | None:
        """Return how often it has happened since it was told, with this time; None to be quiet."""
        now = monotonic()
        told = self._told.get(kind)
        if told is not None and now - told.at < TOLD_EVERY_SECONDS:
            self._told[kind] = told._replace(untold=told.untold + 1)
            return None
        if told is None and len(self._told) >= MAX_KINDS:
            del self._told[next(iter(self._told))]
        self._told[kind] = _Told(now, 0)
        return 1 + (told.untold if told else 0)
