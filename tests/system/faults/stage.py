"""What a fault can lay hands on, and what it reports."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.system.faults.load import Load
from tests.system.faults.postgres import Postgres
from tests.system.faults.proxy import Proxy
from tests.system.faults.server import Server


class NotPossible(Exception):
    """This machine does not allow the fault; the text says what is missing."""


class NotFelt(Exception):
    """The fault did not take place, so that nothing is proved."""


class Span(NamedTuple):
    """When a fault began, and from when on the database could work again: monotonic seconds."""

    began: float
    ended: float


@dataclass
class Stage:
    """One scenario: the load, the service, and what the service works with."""

    postgres: Postgres
    proxy: Proxy
    server: Server
    load: Load
    findings: list[str] = field(default_factory=list)


def _nothing(_postgres: Postgres) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True)
class Fault:
    """A fault, and what it excuses.

    `inject` blocks until the fault is over. `prepare` surrounds the whole scenario.
    """

    name: str
    inject: Callable[[Stage], Span]
    prepare: Callable[[Postgres], AbstractContextManager[None]] = _nothing
    refuses: bool = True
    """It was not felt unless somebody got a 503."""
    unnoticed: bool = False
    """No request may fail."""
    replaces_the_service: bool = False
    """There are times when nobody listens."""
    cuts_requests_off: bool = False
    """Requests in flight may get no answer."""
    silences: bool = False
    """The way to the database leads through the proxy."""


def felt(what: str, *, happened: bool) -> None:
    """Raise NotFelt unless it happened."""
    if not happened:
        raise NotFelt(what)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for the condition, and say whether it came true within these seconds."""
    give_up = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True
