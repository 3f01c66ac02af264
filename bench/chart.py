"""The chart of the comparison."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.contestants import OURS
from bench.figures import Figures
from bench.rounds import Cell
from bench.scenarios import SCENARIOS

_CELLS = [Cell("get", 16), Cell("list-100", 16), Cell("post", 16), Cell("mix", 100)]
_OURS, _THEIRS = "#0b6e4f", "#a3abb2"
_INK = "#57606a"  # It can be read on white and on black.
# Text stays text, and nothing in the file differs from one run to the next but the figures.
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "performance",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}


def draw(figures: Figures, file: Path) -> None:
    """Draw the requests per second of each service under the loads that matter most, as SVG."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8, 6.4), layout="constrained")
        for axes, cell in zip(figure.subplots(2, 2).flat, _CELLS, strict=True):
            _bars(axes, figures, cell)
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})


def _bars(axes: Axes, figures: Figures, cell: Cell) -> None:
    services = figures.contestants
    spreads = [figures.of(cell, each.name, "requests_per_second") for each in services]
    medians = [spread.median for spread in spreads]
    below = [spread.median - spread.range[0] for spread in spreads]
    above = [spread.range[1] - spread.median for spread in spreads]
    bars = axes.barh(
        [each.title for each in services],
        medians,
        xerr=[below, above],
        color=[_OURS if each == OURS else _THEIRS for each in services],
        ecolor=_INK,
    )
    axes.bar_label(bars, [f"{value:,.0f}" for value in medians], padding=4)
    axes.set_title(f"{SCENARIOS[cell.scenario].title}, {cell.connections} connections", loc="left")
    axes.set_xlabel("requests per second")
    axes.margins(x=0.2)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_INK)
