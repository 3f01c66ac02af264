"""The short benchmark: a few loads, held to what the long one has reached."""

import click

from bench import answer_times, garbage
from bench.contestants import ALL, BY_NAME, OTHERS, OURS
from bench.figures import CROWD, Figures
from bench.reached import Reached
from bench.rounds import Cell, Rounds, Sample, rounds_on_tasks
from bench.scenarios import SCENARIOS
from bench.servers import Server

CELLS = [Cell("get", 16), Cell("list-100", 16), Cell("post", 16), CROWD]
ROUNDS = 2
MORE_ROUNDS = 4
"""Run where a ratio is too low, for the machine may have been busy with something else."""
SECONDS = 2


def run(*, is_binding: bool, is_kept: bool = False) -> bool:
    """Run it and print the ratios; where it `is_binding`, tell whether they are high enough.

    Where it `is_kept`, what counts as reached is lowered to it.
    """
    reached = Reached.read()
    samples: list[Sample] = []
    with rounds_on_tasks() as rounds, rounds.servers(ALL) as servers:
        _extend(samples, rounds, servers, ROUNDS)
        if is_binding and reached.lost_in(Figures(samples)):
            _extend(samples, rounds, servers, MORE_ROUNDS)
        ours = next(each for each in servers if each.contestant == OURS)
        broken = [*answer_times.too_long(ours.port), *garbage.too_much(rounds.url)]
    figures = Figures(samples)
    print_ratios(figures)
    if is_kept:
        reached.lowered_to(figures).write()
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
    present = [each for each in ALL if any(s.contestant == each.name for s in figures.samples)]
    for cell in figures.cells:
        click.echo(f"\n{SCENARIOS[cell.scenario].title}, connections: {cell.connections}")
        for contestant in present:
            click.echo(f"  {_line(figures, cell, contestant.name)}")


def _line(figures: Figures, cell: Cell, name: str) -> str:
    def middle(field: str) -> float:
        return figures.of(cell, name, field).median

    line = (
        f"{BY_NAME[name].title:20} {middle('requests_per_second'):8,.0f}/s"
        f"  p50 {middle('p50'):7.2f} ms  p99 {middle('p99'):7.2f} ms"
        f"  CPU {middle('cpu'):6,.0f} µs  PostgreSQL {middle('database_cpu'):5,.0f} µs"
    )
    if name in {each.name for each in OTHERS} and figures.has(cell, OURS.name):
        ratio = figures.ratio(cell, name)
        low, high = ratio.range
        cpu = figures.ratio(cell, name, "cpu").median
        line += f"  ours: {ratio.median:5.2f} x ({low:.2f} to {high:.2f}), CPU {cpu:.2f} x"
        if cell == CROWD:
            line += f", p99 {figures.ratio(cell, name, 'p99').median:.2f} x"
    return line
