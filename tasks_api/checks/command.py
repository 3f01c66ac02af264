"""`tasks-api check`."""

import sys

import click

from tasks_api.checks import report
from tasks_api.checks.deployment import check as check_deployment

MOST_REPLICAS = 10_000


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
@click.option(
    "--replicas",
    type=click.IntRange(1, MOST_REPLICAS),
    default=1,
    show_default=True,
    help="How many processes of the service are to run at once.",
)
def check(*, as_json: bool, replicas: int) -> None:
    """Say what is wrong with the settings, the database and Better Auth's keys.

    Prints a line for each finding: what, why, and how to mend it. Ends with status 1 where one is
    fatal. Changes nothing, and takes ten seconds at most.
    """
    findings = check_deployment(replicas=replicas)
    click.echo(report.document(findings) if as_json else "\n".join(report.lines(findings)))
    sys.exit(report.is_fatal(findings))
