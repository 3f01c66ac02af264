"""The long benchmark: every load, every service, round after round; then the document."""

import json
from dataclasses import asdict

import click

from bench import chart, document, machine, quick, tables
from bench.contestants import IN_PYTHON, runnable
from bench.figures import Figures
from bench.reached import Reached
from bench.rounds import AtRate, Cell, Sample, rounds_on_tasks
from bench.runtimes import ROOT
from bench.scenarios import COMPARED, FURTHER

CELLS = [
    Cell("get", 1),
    *(Cell(name, 16) for name in COMPARED),
    *(Cell(name, 100) for name in ("get", "list-100", "post", "mix")),
]
FURTHER_CELLS = [Cell(name, 16) for name in FURTHER]
_RATE_PATIENCE = 3
"""How many times longer a run with a fixed rate takes: its p99 counts."""

_SAMPLES = ROOT / "build" / "bench" / "samples.json"


def run(*, rounds: int, seconds: int) -> None:
    """Measure, keep the samples, and write the document; each round has processes of its own."""
    samples: list[Sample] = []
    at_a_rate: list[AtRate] = []
    contestants, missing = runnable()
    for title, reason in missing.items():
        click.echo(f"{title} is left out: {reason}", err=True)
    with rounds_on_tasks() as all_rounds:
        for number in range(rounds):
            with all_rounds.servers(contestants) as servers:
                cells = [*CELLS, *FURTHER_CELLS]
                for sample in all_rounds.run(servers, cells, number=number, seconds=seconds):
                    samples.append(sample)
                    click.echo(_line(sample))
                _keep(samples, at_a_rate)
                at_a_rate += all_rounds.run_at_rate(
                    servers, number=number, seconds=seconds * _RATE_PATIENCE
                )
            _keep(samples, at_a_rate)
    report()


def _keep(samples: list[Sample], at_a_rate: list[AtRate]) -> None:
    kept = {
        "samples": [asdict(sample) for sample in samples],
        "at_a_rate": [asdict(each) for each in at_a_rate],
    }
    _SAMPLES.parent.mkdir(parents=True, exist_ok=True)
    _SAMPLES.write_text(json.dumps(kept), encoding="utf-8")


def report() -> None:
    """Write the document and the ratios reached, from the samples that were kept last."""
    kept = json.loads(_SAMPLES.read_text(encoding="utf-8"))
    figures = Figures(
        [Sample(**sample) for sample in kept["samples"]],
        [AtRate(**each) for each in kept["at_a_rate"]],
    )
    document.put("machine", machine.described())
    document.put("ratios", tables.in_short(figures))
    document.put("memory", tables.memory(figures))
    document.put("rounds", tables.round_by_round(figures, CELLS))
    document.put("further", tables.further(figures, FURTHER_CELLS))
    document.put("rate", tables.at_rate(figures))
    document.put("figures", tables.in_full(figures, CELLS))
    chart.draw(figures, document.CHART)
    Reached.by(figures.only(IN_PYTHON), quick.CELLS).write()


def _line(sample: Sample) -> str:
    return (
        f"round {sample.round + 1}, {sample.scenario}, {sample.connections} connections, "
        f"{sample.contestant}: {sample.requests_per_second:,.0f}/s, {sample.cpu:,.0f} µs"
    )
