"""The version of PostgreSQL."""

from collections.abc import Iterator

from persistence.inspection import DatabaseFacts
from tasks_api.checks.finding import Check, Finding, Severity

OLDEST = 15
"""What the service has been tried on; its own tests run on the newest."""

TOO_OLD = Check(
    "database-version",
    Severity.FATAL,
    why="the service has never been tried on it",
    fix=f"upgrade to PostgreSQL {OLDEST} or newer",
)


def find(facts: DatabaseFacts) -> Iterator[Finding]:
    """Find a version that is older than the oldest."""
    if facts.version < OLDEST:
        yield TOO_OLD.found(f"the database is PostgreSQL {facts.version}")
