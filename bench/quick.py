"""The short benchmark: a few loads, held to what the long one has reached."""

import click

from bench import answer_times, garbage
from bench.contestants import BY_NAME, IN_PYTHON, OURS
from bench.figures import CHEAPER, Figures
from bench.reached import Reached
from bench.rounds import Cell, Rounds, Sample, rounds_on_tasks
from bench.scenarios import SCENARIOS
from bench.servers import Server

CELLS = [Cell("get", 16), Cell("list-100", 16), Cell("post", 16), Cell("mix", 100)]
ROUNDS = 3
MORE_ROUNDS = 4
"""Run where a lead is too small, for the machine may have been busy with something else."""
SECONDS = 2


def run(*, is_binding: bool, is_kept: bool = False) -> bool:
    """Run it and print the ratios; where it `is_binding`, tell whether the leads are large enough.

    Where it `is_kept`, they are what counts as reached from now.
    """
    reached = Reached.read()
    samples: list[Sample] = []
    with rounds_on_tasks() as rounds, rounds.servers(IN_PYTHON) as servers:
        _extend(samples, rounds, servers, ROUNDS)
        if is_binding and reached.lost_in(Figures(samples)):
            _extend(samples, rounds, servers, MORE_ROUNDS)
        ours = next(each for each in servers if each.contestant == OURS)
        broken = [*answer_times.too_long(ours.port), *garbage.too_much(rounds.url)]
    figures = Figures(samples)
    print_ratios(figures)
    if is_kept:
        Reached.by(figures, CELLS).write()
    lost = [*reached.lost_in(figures), *broken] if is_binding else []
    for each in lost:
        click.echo(each, err=True)
    return not lost


def _extend(samples: list[Sample], rounds: Rounds, servers: list[Server], more: int) -> None:
    done = Figures(samples).rounds
    for number in range(done, done + more):
        samples.extend(rounds.run(servers, CELLS, number=number, seconds=SECONDS))


def print_ratios(figures: Figures) -> None:
    """Print what was measured, and the ratios to the others, as medians."""
    for cell in figures.cells:
        click.echo(f"\n{SCENARIOS[cell.scenario].title}, connections: {cell.connections}")
        for contestant in figures.contestants:
            click.echo(f"  {_line(figures, cell, contestant.name)}")
        if figures.has(cell, OURS.name) and figures.others:
            low, high = figures.lead(cell).range
            lead = f"{figures.lead(cell).median:.2f} ({low:.2f} to {high:.2f})"
            click.echo(f"  the others' CPU, divided by ours: {lead}")


def _line(figures: Figures, cell: Cell, name: str) -> str:
    def middle(field: str) -> float:
        return figures.of(cell, name, field).median

    line = (
        f"{BY_NAME[name].title:20} {middle('requests_per_second'):8,.0f}/s"
        f"  p50 {middle('p50'):7.2f} ms  p99 {middle('p99'):7.2f} ms"
        f"  CPU {middle('cpu'):6,.0f} µs  PostgreSQL {middle('database_cpu'):5,.0f} µs"
    )
    if name != OURS.name and figures.has(cell, OURS.name):
        cpu = figures.ratio(cell, name, CHEAPER)
        low, high = cpu.range
        line += f"  ours: {figures.ratio(cell, name).median:5.2f} x as many"
        line += f", {cpu.median:.2f} x the CPU ({low:.2f} to {high:.2f})"
    return line
