"""The schema: the one that this version of the service needs, or another."""

from collections.abc import Iterator

from persistence.inspection import DatabaseFacts
from persistence.readiness import expected_revision
from tasks_api.checks.finding import Check, Finding, Severity

_WHY = "until it is migrated, every request for tasks is answered with 503"

MISSING = Check("schema-missing", Severity.FATAL, why=_WHY, fix="run tasks-api migrate")
BEHIND = Check("schema-behind", Severity.FATAL, why=_WHY, fix="run tasks-api migrate")
AHEAD = Check(
    "schema-ahead",
    Severity.WARNING,
    why="a newer version of the service has migrated it; this one works until the next one after",
    fix="deploy the version that has migrated it",
)


def find(facts: DatabaseFacts) -> Iterator[Finding]:
    """Compare the migration that the database is at with the newest that we have."""
    # Revisions are numbers of four digits.
    needed = expected_revision()
    if facts.revision is None:
        yield MISSING.found("the database has no schema of this service yet")
    elif facts.revision < needed:
        yield BEHIND.found(f"the database is at schema {facts.revision}, not yet at {needed}")
    elif facts.revision > needed:
        yield AHEAD.found(f"the database is at schema {facts.revision}, beyond {needed}")
