"""The spelling of FRONTEND_URL; what is no origin at all, the settings refuse."""

from collections.abc import Iterator

from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import Subject

SLASH = Check(
    "frontend-url-slash",
    Severity.WARNING,
    why="an origin has none: here it is left out, elsewhere the same value may fit no page",
    fix="write {origin}",
)


def find(subject: Subject) -> Iterator[Finding]:
    """Find origins that end in a slash."""
    if "FRONTEND_URL" in subject.bad:
        return
    written = [part.strip() for part in subject.variables.get("FRONTEND_URL", "").split(",")]
    for part in written:
        if part.endswith("/"):
            origin = part.removesuffix("/")
            yield SLASH.found(f"FRONTEND_URL: {part} ends with a slash", origin=origin)
