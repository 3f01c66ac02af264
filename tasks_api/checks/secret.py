"""Secrets that are published: Next.js writes every `NEXT_PUBLIC_…` variable into its pages."""

from collections.abc import Iterator

from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.checks.target import Subject

PUBLISHED = Check(
    "secret-published",
    Severity.FATAL,
    why="Next.js writes such variables into its pages, so everybody can read it",
    fix="remove {variable}, build the frontend anew, and change what was published",
)

PREFIX = "NEXT_PUBLIC_"
SECRETS = (
    "BETTER_AUTH_SECRET",
    "BETTER_AUTH_SECRET_PREVIOUS",
    "DATABASE_URL",
    "DATABASE_URL_UNPOOLED",
)

TELLING_LENGTH = 8
"""What is shorter can be a part of anything."""


def find(subject: Subject) -> Iterator[Finding]:
    """Find the variables that are named like a secret of ours, or hold one."""
    for variable, value in subject.variables.items():
        if variable.startswith(PREFIX):
            published = _named_in(variable) or _held_by(value, subject)
            if published:
                yield PUBLISHED.found(f"{variable} publishes {published}", variable=variable)


def _named_in(variable: str) -> str | None:
    named = [name for name in SECRETS if name in variable]
    return max(named, key=len, default=None)


def _held_by(value: str, subject: Subject) -> str | None:
    for name in SECRETS:
        secret = subject.variables.get(name, "").strip()
        if value == secret or (len(secret) >= TELLING_LENGTH and secret in value):
            return name
    return None
