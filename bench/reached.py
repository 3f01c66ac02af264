"""The leads that have been reached, in `reached.json`: a later change is not to lose them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from bench.figures import Figures
from bench.rounds import Cell
from bench.scenarios import SCENARIOS

_FILE = Path(__file__).with_name("reached.json")
_KEPT = 0.85
"""The share of a lead that has to be left: the medians of two runs differ by less."""


class Reached:
    """How many times less CPU ours takes than the others, by load, as `Figures.lead` counts it."""

    def __init__(self, leads: dict[str, float]) -> None:
        self._leads = leads

    @classmethod
    def read(cls) -> Self:
        """Read what was kept last."""
        return cls(json.loads(_FILE.read_text(encoding="utf-8")) if _FILE.exists() else {})

    @classmethod
    def by(cls, figures: Figures, cells: Sequence[Cell]) -> Self:
        """Take the medians that a benchmark has reached under these loads."""
        return cls({_name(cell): round(figures.lead(cell).median, 2) for cell in cells})

    def write(self) -> None:
        """Keep them for the short benchmark."""
        _FILE.write_text(json.dumps(self._leads, indent=2) + "\n", encoding="utf-8")

    def lost_in(self, figures: Figures) -> list[str]:
        """Say in a line each which leads have been reached and are not in any round any more.

        A round beside a busy neighbour, whose work is in the same caches, shows too small a lead.
        """
        return [
            f"{SCENARIOS[cell.scenario].title} at {cell.connections} connections: the "
            f"others take at most {now:.2f} x this service's CPU for a request, and it "
            f"was {before:.2f} x"
            for cell in figures.cells
            if (before := self._leads.get(_name(cell), 0.0)) * _KEPT
            > (now := figures.lead(cell).range[1])
        ]


def _name(cell: Cell) -> str:
    return f"{cell.scenario} at {cell.connections}"
