"""Findings, as people and as programs read them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from tasks_api.checks.finding import Finding, Severity


def sentence(finding: Finding) -> str:
    """Give what, why and the fix, in one line."""
    return f"{finding.message}. Why: {finding.why}. Fix: {finding.fix}."


def lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Give a line for each finding, and one for all."""
    for finding in findings:
        yield f"{finding.severity.upper():8}{finding.check}: {sentence(finding)}"
    yield _summary(findings)


def document(findings: Sequence[Finding]) -> str:
    """Give one JSON document; its keys are a promise to programs."""
    body = {"ok": not is_fatal(findings), "findings": [asdict(finding) for finding in findings]}
    return json.dumps(body, indent=2, ensure_ascii=False)


def is_fatal(findings: Sequence[Finding]) -> bool:
    """Tell whether there is a fatal one among them."""
    return any(finding.severity is Severity.FATAL for finding in findings)


def _summary(findings: Sequence[Finding]) -> str:
    if not findings:
        return "Nothing is wrong."
    fatal = sum(finding.severity is Severity.FATAL for finding in findings)
    return f"{fatal} fatal, {len(findings) - fatal} to look at."
