"""The long benchmark: every load, every service, round after round; then the document."""

import json
from dataclasses import asdict

import click

from bench import chart, document, machine, quick, tables
from bench.contestants import runnable
from bench.figures import Figures
from bench.reached import Reached
from bench.rounds import Cell, Sample, rounds_on_tasks
from bench.runtimes import ROOT
from bench.scenarios import SCENARIOS

CONNECTIONS = (1, 16, 100)
CELLS = [Cell(name, connections) for name in SCENARIOS for connections in CONNECTIONS]

_SAMPLES = ROOT / "build" / "bench" / "samples.json"


def run(*, rounds: int, seconds: int) -> None:
    """Measure, keep the samples, and write the document; each round has processes of its own."""
    samples: list[Sample] = []
    contestants, missing = runnable()
    for title, reason in missing.items():
        click.echo(f"{title} is left out: {reason}", err=True)
    with rounds_on_tasks() as all_rounds:
        for number in range(rounds):
            with all_rounds.servers(contestants) as servers:
                for sample in all_rounds.run(servers, CELLS, number=number, seconds=seconds):
                    samples.append(sample)
                    click.echo(_line(sample))
            _keep(samples)
    report()


def _keep(samples: list[Sample]) -> None:
    _SAMPLES.parent.mkdir(parents=True, exist_ok=True)
    _SAMPLES.write_text(json.dumps([asdict(sample) for sample in samples]), encoding="utf-8")


def report() -> None:
    """Write the document and the ratios reached, from the samples that were kept last."""
    kept = json.loads(_SAMPLES.read_text(encoding="utf-8"))
    figures = Figures(Sample(**sample) for sample in kept)
    document.put("machine", machine.described())
    document.put("ratios", tables.in_short(figures))
    document.put("memory", tables.memory(figures))
    document.put("rounds", tables.round_by_round(figures))
    document.put("figures", tables.in_full(figures))
    chart.draw(figures, document.CHART)
    Reached.by(figures, quick.CELLS).write()


def _line(sample: Sample) -> str:
    return (
        f"round {sample.round + 1}, {sample.scenario}, {sample.connections} connections, "
        f"{sample.contestant}: {sample.requests_per_second:,.0f}/s, {sample.cpu:,.0f} µs"
    )
