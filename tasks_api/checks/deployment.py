"""Checks a whole deployment; for `serve`, the part of it that is fatal."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Thread

import structlog

from tasks_api.checks import database, key_set, settings
from tasks_api.checks.finding import Finding, Severity
from tasks_api.checks.target import Target, variables
from tasks_api.observability.events import Event
from tasks_api.settings import PartialSettings, Settings

TIMEOUT_SECONDS = 7.0
"""For everything that is asked over the network, together."""


def check(*, replicas: int) -> list[Finding]:
    """Return all findings, the fatal ones first, within `TIMEOUT_SECONDS` and a moment.

    One finding does not keep the rest from being checked, as far as that is possible.
    """
    target, findings = settings.read()
    if target is not None:
        findings += settings.find(target)
        findings += _find_online(target, replicas=replicas)
    return sorted(findings, key=lambda finding: finding.severity is not Severity.FATAL)


def fatal_settings(given: Settings) -> list[Finding]:
    """Return why settings that are valid by themselves must not be used together."""
    return list(settings.find_published_secrets(_target(given)))


def log_fatal_in_background(given: Settings) -> None:
    """Check the database and the key set in a thread, and log what is fatal.

    It does not keep the service from serving: it may recover at any time, and until then the
    answers are 503 or 401.
    """
    # The service does not use the direct URL.
    target = _target(given.model_copy(update={"database_url_unpooled": None}))
    Thread(target=_log_fatal, args=(target,), daemon=True).start()


def _log_fatal(target: Target) -> None:
    # Where no descriptor or thread is left, there is nothing to find out.
    with suppress(OSError, RuntimeError):
        for finding in _find_online(target, replicas=1):
            if finding.severity is Severity.FATAL:
                text = {"message": finding.message, "why": finding.why, "fix": finding.fix}
                structlog.get_logger().warning(Event.FINDING, check=finding.check, **text)


def _target(given: Settings) -> Target:
    partial_settings = PartialSettings.model_construct(**dict(given))
    return Target(partial_settings, frozenset(), variables())


@dataclass(frozen=True, slots=True)
class _Question:
    """A check over the network, and the finding if no answer comes."""

    find: Callable[[], Iterable[Finding]]
    no_answer: Finding


def _find_online(target: Target, *, replicas: int) -> Iterator[Finding]:
    return _answers(list(_questions(target, replicas)), seconds=TIMEOUT_SECONDS)


def _questions(target: Target, replicas: int) -> Iterator[_Question]:
    if address := target.database:
        find = partial(database.find, target, address, replicas=replicas)
        yield _Question(find, database.silent(address))
    if direct := target.direct_database:
        yield _Question(partial(database.find_direct, direct), database.silent(direct))
    if url := target.settings.better_auth_jwks_url:
        yield _Question(partial(key_set.find, url), key_set.unreachable("no answer in time"))


def _answers(questions: Sequence[_Question], *, seconds: float) -> Iterator[Finding]:
    """Ask all at once, and return the findings after at most `seconds`.

    What cannot be interrupted, such as resolving a host name, goes on in a daemon thread.
    """
    end = time.monotonic() + seconds
    asked = [(question, _asked(question)) for question in questions]
    for question, answer in asked:
        try:
            yield from answer.result(max(0.0, end - time.monotonic()))
        except TimeoutError:
            yield question.no_answer


def _asked(question: _Question) -> Future[list[Finding]]:
    answer: Future[list[Finding]] = Future()

    def ask() -> None:
        try:
            answer.set_result(list(question.find()))
        except BaseException as error:  # noqa: BLE001 - `result` raises it again.
            answer.set_exception(error)

    Thread(target=ask, daemon=True).start()
    return answer
