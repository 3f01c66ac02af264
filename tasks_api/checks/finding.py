"""Findings: what is wrong, why it matters, and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the service can do its work."""

    FATAL = "fatal"
    """Some or all of its users get errors, or it is open to anybody."""
    WARNING = "warning"
    """It works; something could be better, or will go wrong in time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. It holds no password, no secret and no URL of a database."""

    check: str
    severity: Severity
    message: str
    why: str
    fix: str


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding; `docs/preflight.md` lists them all.

    In `fix`, what is in braces is filled in for each finding.
    """

    name: str
    severity: Severity
    why: str
    fix: str

    def found(self, message: str, **details: object) -> Finding:
        """Give the finding. The message says what is wrong, without a full stop."""
        fix = self.fix.format(**details)
        return Finding(self.name, self.severity, _line(message), self.why, _line(fix))


def _line(text: str) -> str:
    # Names of tables and words of servers are in it, and who reads it counts lines.
    return " ".join(text.split())
