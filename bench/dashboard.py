"""The picture of the dashboard, from what Prometheus has seen in `make alerts-test`."""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, PercentFormatter

from bench.chart import STYLE

ROOT = Path(__file__).resolve().parent.parent
DASHBOARD = ROOT / "deploy" / "grafana" / "tasks-api.json"
SERIES = ROOT / "build" / "dashboard.json"
PICTURE = ROOT / "docs" / "pictures" / "dashboard.svg"
_COLUMNS = 3
_MAX_LABELS = 6
_FORMATTERS = {
    "s": EngFormatter("s"),
    "bytes": EngFormatter("B"),
    "percentunit": PercentFormatter(1, decimals=0),
}


def draw() -> None:
    """Draw the panels with a curve, in their order. `make alerts-test` has to run before."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    curves = [panel for panel in panels if panel["type"] == "timeseries"]
    series = json.loads(SERIES.read_text(encoding="utf-8"))
    began = min(
        float(each["values"][0][0])
        for panel in series.values()
        for found in panel
        for each in found
    )
    rows = -(-len(curves) // _COLUMNS)
    with mpl.rc_context({**STYLE, "font.size": 7}):
        figure = Figure(figsize=(12, 2.1 * rows), layout="constrained")
        for axes, panel in zip(figure.subplots(rows, _COLUMNS).flat, curves, strict=False):
            _draw_panel(axes, panel, series[panel["title"]], began)
        figure.savefig(PICTURE, format="svg", transparent=True, metadata={"Date": None})


def _draw_panel(
    axes: Axes, panel: dict[str, Any], targets: list[list[dict[str, Any]]], began: float
) -> None:
    axes.set_title(panel["title"], loc="left")
    unit = panel["fieldConfig"]["defaults"]["unit"]
    if unit in _FORMATTERS:
        axes.yaxis.set_major_formatter(_FORMATTERS[unit])
    curves = [
        (_label(target["legendFormat"], each["metric"]), each["values"])
        for target, found in zip(panel["targets"], targets, strict=True)
        for each in found
    ]
    for label, values in curves:
        seconds = [float(moment) - began for moment, _ in values]
        axes.plot(seconds, [float(value) for _, value in values], linewidth=1, label=label)
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    if len(curves) <= _MAX_LABELS:
        axes.legend(frameon=False, fontsize=6, loc="best")


def _label(template: str, labels: dict[str, str]) -> str:
    for name, value in labels.items():
        template = template.replace(f"{{{{{name}}}}}", "replica" if name == "instance" else value)
    return template
