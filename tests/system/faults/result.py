"""What came of one scenario, and what of it breaks a promise."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

from tests.system.faults.audit import Audit
from tests.system.faults.journal import Answer, Journal
from tests.system.faults.stage import Fault, Span

LONGEST_SECONDS = 6.0
RECOVERY_SECONDS = 2.0
CONNECTIONS = 10
"""The service's default DATABASE_POOL_SIZE, and PgBouncer's pool in this suite."""

_TOO_LATE = "too late: "
_NOT_PROVED = "not proved: "
_HANDSHAKE = "in the handshake: "
_DOUBTFUL = (_TOO_LATE, _NOT_PROVED, _HANDSHAKE)
_RESET = "ConnectionResetError on a new connection"
_SLOW_SECONDS = 1.0
_WRITES_AT_LEAST = 100
_SHOWN = 3


@dataclass
class Result:
    """One row of the table. `note` says why there is nothing to tell."""

    fault: Fault
    path: str
    note: str = ""
    answers: list[Answer] = field(default_factory=list)
    longest: float = 0.0
    recovery: float = inf
    audit: Audit = field(default_factory=Audit)
    connections: int = 0
    connections_left: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def is_doubtful(self) -> bool:
        """Whether all that is wrong may be chance, or another process that had the machine."""
        return bool(self.findings) and all(f.startswith(_DOUBTFUL) for f in self.findings)

    def count(self, kind: str) -> int:
        """Count the answers of a kind: `2xx`, `503`, `other` or `none`."""
        return sum(kind_of(answer) == kind for answer in self.answers)


def kind_of(answer: Answer) -> str:
    """Tell what an answer counts as. A success is what the client asked for."""
    if answer.status == 0:
        return "none"
    if answer.flaw:
        return "other"
    return "503" if answer.status == 503 else "2xx"


def recovery(answers: list[Answer], span: Span) -> float:
    """Give the seconds from the end of the fault to the last sign of it.

    That is the end of the last request, of those sent after the fault, that did not succeed or
    took more than a second; or the first success of /readyz, if that is later.
    """
    after = [answer for answer in answers if answer.began >= span.ended]
    ready = [a.ended for a in after if a.operation == "/readyz" and kind_of(a) == "2xx"]
    trouble = [a.ended for a in after if kind_of(a) != "2xx" or a.seconds > _SLOW_SECONDS]
    return max([min(ready, default=inf), *trouble]) - span.ended


def broken(result: Result, journal: Journal, span: Span) -> Iterator[str]:
    """Say which promises were broken, and whether the scenario proves anything."""
    fault = result.fault
    yield from _not_proved(result, journal, span)
    kinds = {"other"} | (set() if fault.cuts_requests_off else {"none"})
    kinds |= {"503"} if fault.unnoticed else set()
    bad = Counter((a.operation, a.flaw or a.status) for a in result.answers if kind_of(a) in kinds)
    for (operation, flaw), number in bad.most_common(_SHOWN):
        # docs/reliability.md, "Stops": that may happen at the very moment of a close.
        excuse = _HANDSHAKE if fault.replaces_the_service and flaw == _RESET else ""
        yield f"{excuse}{number} times {operation}: {flaw}"
    if journal.refused_connections and not fault.replaces_the_service:
        yield f"{journal.refused_connections} connections were refused"
    yield from _too_late(result)
    yield from _wrong_in_the_database(result)


def _not_proved(result: Result, journal: Journal, span: Span) -> Iterator[str]:
    during = [a for a in result.answers if a.ended >= span.began and a.began <= span.ended]
    if not any(answer.status for answer in during):
        yield f"{_NOT_PROVED}nothing was answered during the fault"
    if result.fault.refuses and not any(kind_of(answer) == "503" for answer in during):
        yield f"{_NOT_PROVED}nobody felt the fault"
    if result.audit.acknowledged < _WRITES_AT_LEAST:
        yield f"{_NOT_PROVED}only {result.audit.acknowledged} writes were acknowledged"
    if not result.audit.rows or not result.audit.rows_per_key:
        yield f"{_NOT_PROVED}the database has no rows"
    served = {a.who for a in journal.begun_since(span.ended) if kind_of(a) == "2xx"}
    missing = {answer.who for answer in journal.answers} - served
    if missing:
        yield f"{len(missing)} clients had no success after the fault"


def _too_late(result: Result) -> Iterator[str]:
    if result.longest > LONGEST_SECONDS:
        late = [a for a in result.answers if a.seconds > LONGEST_SECONDS]
        names = Counter(f"{answer.operation} {answer.status}" for answer in late)
        yield f"{_TOO_LATE}{len(late)} answers took up to {result.longest:.1f} s: {dict(names)}"
    if result.recovery > RECOVERY_SECONDS:
        yield f"{_TOO_LATE}it took {result.recovery:.1f} s to recover"


def _wrong_in_the_database(result: Result) -> Iterator[str]:
    audit = result.audit
    yield from some("acknowledged writes are lost", audit.lost)
    yield from some("creations are not one row", audit.doubled)
    if result.connections > CONNECTIONS:
        yield f"{result.connections} sessions for a pool of {CONNECTIONS}"
    if result.connections_left:
        yield f"{result.connections_left} connections are left after the service stopped"


def some(what: str, cases: list[str]) -> list[str]:
    """Say how many cases there are, and show the first."""
    return [f"{len(cases)} {what}, such as: {'; '.join(cases[:_SHOWN])}"] if cases else []
