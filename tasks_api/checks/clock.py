"""The clock of this machine, beside the database's."""

from collections.abc import Iterator

from persistence.inspection import DatabaseFacts
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.security.verifier import LEEWAY_SECONDS

SKEW = Check(
    "clock-skew",
    Severity.WARNING,
    why=f"one of the clocks is wrong; if it is this one, from {LEEWAY_SECONDS} seconds on good "
    "tokens are refused and expired ones accepted",
    fix="have NTP set the clock of this machine, and look at the database's",
)

TOLERATED_SECONDS = 5.0
"""Machines whose clocks are kept by NTP are within a second of each other."""


def find(facts: DatabaseFacts) -> Iterator[Finding]:
    """Find a difference that is more than a matter of seconds."""
    if abs(facts.clock_ahead) > TOLERATED_SECONDS:
        side = "ahead of" if facts.clock_ahead > 0 else "behind"
        seconds = round(abs(facts.clock_ahead))
        yield SKEW.found(f"the clock of the database is {seconds} s {side} this machine's")
