"""What the samples say: medians, their spread, and ratios."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import geometric_mean, median
from typing import Self

from bench.contestants import ALL, OURS, Contestant
from bench.rounds import AtRate, Cell, Sample

FASTER = "requests_per_second"
CHEAPER = "both_cpu"


@dataclass(frozen=True)
class Spread:
    """The median of several values, and the lowest and highest of them."""

    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Take the values in the order of the rounds."""
        return cls(tuple(values))

    @property
    def median(self) -> float:
        """The value in the middle."""
        return median(self.values)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest."""
        return min(self.values), max(self.values)


class Figures:
    """The samples of all rounds."""

    def __init__(self, samples: Iterable[Sample], at_a_rate: Iterable[AtRate] = ()) -> None:
        self.samples = list(samples)
        self.at_a_rate = list(at_a_rate)

    @property
    def cells(self) -> Sequence[Cell]:
        """The loads, in the order in which they were run."""
        return list(dict.fromkeys(Cell(s.scenario, s.connections) for s in self.samples))

    @property
    def rounds(self) -> int:
        """How many rounds there were."""
        return len({sample.round for sample in self.samples})

    def of(self, cell: Cell, contestant: str, field: str) -> Spread:
        """Give a field of `Sample`, for one service under one load."""
        return Spread.of(self._by_round(cell, contestant, field).values())

    @property
    def contestants(self) -> Sequence[Contestant]:
        """Those that were measured."""
        names = {sample.contestant for sample in self.samples}
        return [each for each in ALL if each.name in names]

    @property
    def others(self) -> Sequence[Contestant]:
        """Those that this service is compared with."""
        return [each for each in self.contestants if each != OURS]

    def only(self, contestants: Sequence[Contestant]) -> Self:
        """Give the figures of some services."""
        names = {each.name for each in contestants}
        return type(self)(sample for sample in self.samples if sample.contestant in names)

    def has(self, cell: Cell, contestant: str) -> bool:
        """Tell whether a service met a load."""
        return bool(self._by_round(cell, contestant, FASTER))

    def at_rate(self, contestant: str, field: str) -> Spread:
        """Give a field of `AtRate` for one service."""
        return Spread.of(
            getattr(each, field) for each in self.at_a_rate if each.contestant == contestant
        )

    def peak(self, contestant: str) -> Spread:
        """Give the peak memory of a service over each round, in bytes."""
        peaks: dict[int, int] = {}
        for sample in self.samples:
            if sample.contestant == contestant:
                peaks[sample.round] = max(sample.peak_bytes, peaks.get(sample.round, 0))
        return Spread.of(peaks.values())

    def ratio(self, cell: Cell, other: str, field: str = FASTER) -> Spread:
        """Divide ours by another's, round by round, for the two of a round met the same machine."""
        ours = self._by_round(cell, OURS.name, field)
        others = self._by_round(cell, other, field)
        return Spread.of(ours[number] / others[number] for number in ours)

    def lead(self, cell: Cell) -> Spread:
        """Divide the others' CPU for each request by ours, PostgreSQL's included, round by round.

        A noisy neighbour takes time from a service, and thus requests per second, but hardly any of
        its CPU. Of several others it is the geometric mean, in which a mishap of one counts less.
        """
        ratios = [self.ratio(cell, each.name, CHEAPER).values for each in self.others]
        return Spread.of(1 / geometric_mean(each) for each in zip(*ratios, strict=True))

    def _by_round(self, cell: Cell, contestant: str, field: str) -> dict[int, float]:
        return {
            sample.round: float(getattr(sample, field))
            for sample in self.samples
            if sample.contestant == contestant and (sample.scenario, sample.connections) == cell
        }
