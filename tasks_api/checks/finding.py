"""Findings: what is wrong, why it matters, and what to do; and how they are printed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether the service can do its work."""

    FATAL = "fatal"
    """Some or all users get errors, or a secret is public."""
    WARNING = "warning"
    """The service works; something should be better, or will fail later."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. It holds no password, no secret and no URL of a database."""

    check: str
    severity: Severity
    message: str
    why: str
    fix: str

    def __str__(self) -> str:
        """Return what is wrong, why it matters and the fix, as one line."""
        return f"{self.message}. Why: {self.why}. Fix: {self.fix}."


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding; `docs/checks.md` lists them all.

    `{…}` in `fix` is filled in for each finding.
    """

    name: str
    severity: Severity
    why: str
    fix: str

    def found(self, message: str, **details: object) -> Finding:
        """Return the finding. The message says what is wrong, without a full stop."""
        fix = self.fix.format(**details)
        return Finding(self.name, self.severity, _one_line(message), self.why, _one_line(fix))


def _one_line(text: str) -> str:
    # It contains names of tables and messages of servers, and readers count lines.
    return " ".join(text.split())


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Return a line for each finding, and a summary."""
    for finding in findings:
        yield f"{finding.severity.upper():8}{finding.check}: {finding}"
    yield _summary(findings)


def document(findings: Sequence[Finding]) -> str:
    """Return one JSON document; programs rely on its keys."""
    body = {"ok": not is_fatal(findings), "findings": [asdict(finding) for finding in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def is_fatal(findings: Sequence[Finding]) -> bool:
    """Return whether one of them is fatal."""
    return any(finding.severity is Severity.FATAL for finding in findings)


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "No problems found."
    fatal = sum(finding.severity is Severity.FATAL for finding in findings)
    warnings = len(findings) - fatal
    return f"{fatal} fatal, {warnings} {'warning' if warnings == 1 else 'warnings'}."
