"""The whole deployment, checked at once."""

from collections.abc import Iterator
from functools import partial

from tasks_api.checks import database, key_set, origin, secret, url
from tasks_api.checks.finding import Finding, Severity
from tasks_api.checks.patience import Question, answers
from tasks_api.checks.reach import silent
from tasks_api.checks.settings import read
from tasks_api.checks.target import Subject

PATIENCE_SECONDS = 7.0
"""For everything that is asked over the network, together."""


def check(*, replicas: int) -> list[Finding]:
    """Give all that is wrong, the worst first, after `PATIENCE_SECONDS` and a moment at most.

    What is wrong keeps nothing else from being checked, as long as that is possible at all.
    """
    subject, findings = read()
    if subject is not None:
        findings += _offline(subject)
        findings += online(subject, replicas=replicas)
    return sorted(findings, key=lambda finding: finding.severity is not Severity.FATAL)


def _offline(subject: Subject) -> Iterator[Finding]:
    yield from secret.find(subject)
    yield from origin.find(subject)
    yield from url.find(subject)


def online(subject: Subject, *, replicas: int) -> Iterator[Finding]:
    """Find what only the database and Better Auth can tell."""
    return answers(list(_questions(subject, replicas)), seconds=PATIENCE_SECONDS)


def _questions(subject: Subject, replicas: int) -> Iterator[Question]:
    if pooled := subject.database:
        find = partial(database.find, subject, pooled, replicas=replicas)
        yield Question(find, silent(pooled))
    if unpooled := subject.unpooled:
        yield Question(partial(database.find_unpooled, unpooled), silent(unpooled))
    if jwks := subject.settings.better_auth_jwks_url:
        yield Question(partial(key_set.find, jwks), key_set.unreachable("nothing came back"))
