"""The command line: `python -m bench`."""

import sys
from typing import Any

import click

from bench import compare, dashboard, document, growth, profile, quick
from bench.agreement import DisagreementError
from bench.contestants import BY_NAME, runnable
from bench.figures import Figures
from bench.load import LoadError, find_wrk
from bench.rounds import Cell, Sample, rounds_on_tasks
from bench.scenarios import SCENARIOS


class _Main(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            find_wrk()
            return super().invoke(ctx)
        except (DisagreementError, LoadError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Main)
def main() -> None:
    """Compare this service with others. BENCH_CHECKOUT names another checkout to measure."""


@main.command(name="quick")
@click.option("--print-only", is_flag=True, help="Succeed whatever the ratios are.")
@click.option("--keep", is_flag=True, help="Likewise, and keep this run's as what was reached.")
def quick_command(*, print_only: bool, keep: bool) -> None:
    """Print the ratios of four loads; fail where the CPU for each request is more than was reached.

    After a change that is meant to cost or save something, run it with --keep.
    """
    sys.exit(0 if quick.run(is_binding=not (print_only or keep), is_kept=keep) else 1)


@main.command(name="compare")
@click.option("--rounds", default=3, show_default=True, help="In each, another one is first.")
@click.option("--seconds", default=2, show_default=True, help="Of each load.")
def compare_command(rounds: int, seconds: int) -> None:
    """Run every load against every service, and write docs/performance.md."""
    compare.run(rounds=rounds, seconds=seconds)


@main.command()
@click.option("--part", type=click.Choice(list(growth.PARTS)), help="Measure this alone.")
def grow(part: str | None) -> None:
    """Measure how it grows, and write that into docs/performance.md."""
    for name in [part] if part else growth.PARTS:
        written = growth.PARTS[name]()
        document.put(name, written)
        click.echo(f"\n{written}")


@main.command()
def report() -> None:
    """Write docs/performance.md once more, from the samples of the last comparison."""
    compare.report()


@main.command(name="profile")
@click.argument("scenario", type=click.Choice(list(SCENARIOS)))
@click.option("--service", type=click.Choice(list(BY_NAME)), default="ours", show_default=True)
@click.option("--connections", default=16, show_default=True)
@click.option("--seconds", default=10, show_default=True)
def profile_command(scenario: str, service: str, connections: int, seconds: int) -> None:
    """Tell where the time of a service goes under a load."""
    profile.run(BY_NAME[service], scenario, connections=connections, seconds=seconds)


@main.command(name="dashboard")
def dashboard_command() -> None:
    """Draw the picture of the dashboard, from what `make alerts-test` has seen."""
    dashboard.draw()


@main.command()
@click.argument("scenario", type=click.Choice(list(SCENARIOS)))
@click.option("--connections", default=16, show_default=True)
@click.option("--rounds", "count", default=3, show_default=True)
@click.option("--seconds", default=2, show_default=True)
@click.option("--only", help="Names with commas between: " + ", ".join(BY_NAME))
def one(scenario: str, connections: int, count: int, seconds: int, only: str | None) -> None:
    """Run one load against the services, or some of them."""
    chosen = [BY_NAME[name] for name in only.split(",")] if only else runnable()[0]
    cells = [Cell(scenario, connections)]
    samples: list[Sample] = []
    with rounds_on_tasks() as rounds, rounds.servers(chosen) as servers:
        for number in range(count):
            samples.extend(rounds.run(servers, cells, number=number, seconds=seconds))
    quick.print_ratios(Figures(samples))


if __name__ == "__main__":
    main()
