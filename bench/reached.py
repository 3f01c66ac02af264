"""The leads that have been reached, in `reached.json`: a later change is not to lose them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from bench.contestants import BY_NAME, OTHERS
from bench.figures import Figures
from bench.rounds import Cell
from bench.scenarios import SCENARIOS

_FILE = Path(__file__).with_name("reached.json")
_KEPT = 0.8
"""The share of a ratio that has to be left: machines and their moods differ by less."""


class Reached:
    """How many times better ours is, by load and by service, as `Figures.lead` counts it."""

    def __init__(self, ratios: dict[str, dict[str, float]]) -> None:
        self._ratios = ratios

    @classmethod
    def read(cls) -> Self:
        """Read what the last long benchmark has written."""
        return cls(json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {})

    @classmethod
    def by(cls, figures: Figures, cells: Sequence[Cell]) -> Self:
        """Take what every round of a long benchmark has reached under these loads.

        The lowest of them, and not the median: a short one on a busy machine is not to fail where
        nothing has changed.
        """
        return cls(
            {
                _name(cell): {
                    other.name: round(figures.lead(cell, other.name).range[0], 2)
                    for other in OTHERS
                }
                for cell in cells
            }
        )

    def lowered_to(self, figures: Figures) -> Self:
        """Take the rounds of a short benchmark into account, which may reach less."""
        ratios = {load: dict(others) for load, others in self._ratios.items()}
        for cell in figures.cells:
            for other, reached in ratios.get(_name(cell), {}).items():
                now = round(figures.lead(cell, other).range[0], 2)
                ratios[_name(cell)][other] = min(reached, now)
        return type(self)(ratios)

    def write(self) -> None:
        """Keep them for the short benchmark."""
        _FILE.write_text(json.dumps(self._ratios, indent=2) + "\n", encoding="utf-8")

    def lost_in(self, figures: Figures) -> list[str]:
        """Say in a line each which ratios have been reached and are not any more."""
        return [
            f"{SCENARIOS[cell.scenario].title} at {cell.connections} connections: "
            f"{now:.2f} x better than {BY_NAME[other].title}, where {before:.2f} x was reached"
            for cell in figures.cells
            for other, before in self._ratios.get(_name(cell), {}).items()
            if (now := figures.lead(cell, other).median) < _KEPT * before
        ]


def _name(cell: Cell) -> str:
    return f"{cell.scenario} at {cell.connections}"
