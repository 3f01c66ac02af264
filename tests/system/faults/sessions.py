"""Faults of sessions: terminated, none to be had, frozen."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil
import psycopg2

from tests.system.faults.postgres import CONNECTIONS, OURS, Postgres
from tests.system.faults.stage import Span, Stage, felt, wait_until

_AGAIN_SECONDS = 0.1
_IDLE_SECONDS = 1.5


def terminated_in_a_loop(stage: Stage) -> Span:
    """Terminate every session, again and again for three seconds."""
    began, terminated = time.monotonic(), 0
    while time.monotonic() < began + 3:
        terminated += stage.postgres.terminate_sessions()
        time.sleep(_AGAIN_SECONDS)
    felt("hardly a session was terminated", happened=terminated >= 10)
    return Span(began, time.monotonic())


def cut_while_idle(stage: Stage) -> Span:
    """Terminate every session while no client asks for anything, as a suspended compute does."""
    stage.load.rest()
    time.sleep(_IDLE_SECONDS)
    began = time.monotonic()
    felt("no session was idle", happened=stage.postgres.terminate_sessions() > 0)
    time.sleep(_IDLE_SECONDS)
    ended = time.monotonic()
    stage.load.resume()
    return Span(began, ended)


def exhausted(stage: Stage) -> Span:
    """Take every connection that PostgreSQL has, for three seconds."""
    began, refused, hogs = time.monotonic(), 0, list[psycopg2.extensions.connection]()
    try:
        while time.monotonic() < began + 3:
            stage.postgres.terminate_sessions()
            refused += _take_all(stage.postgres, hogs)
            time.sleep(_AGAIN_SECONDS)
        felt("PostgreSQL never had too many clients", happened=refused > 0)
    finally:
        for hog in hogs:
            hog.close()
    felt("connections stay taken", happened=wait_until(lambda: _accepts(stage.postgres), 5))
    return Span(began, time.monotonic())


def _take_all(postgres: Postgres, hogs: list[psycopg2.extensions.connection]) -> int:
    """Connect until there are too many clients; give how often that was the answer."""
    for _ in range(CONNECTIONS):
        try:
            hogs.append(psycopg2.connect(postgres.url, connect_timeout=5, application_name=OURS))
        except psycopg2.OperationalError as error:
            if "connection slots" not in str(error) and "too many clients" not in str(error):
                raise
            return 1
    return 0


def _accepts(postgres: Postgres) -> bool:
    try:
        psycopg2.connect(postgres.url, connect_timeout=5, application_name=OURS).close()
    except psycopg2.OperationalError:
        return False
    return True


def frozen_for_a_while(stage: Stage) -> Span:
    """Stop the processes of every session for four seconds, less than a request has."""
    return _frozen(stage, 4)


def frozen_for_long(stage: Stage) -> Span:
    """Stop them for longer than a request has: what they then do comes too late for its client."""
    return _frozen(stage, 7)


def _frozen(stage: Stage, seconds: float) -> Span:
    began = time.monotonic()
    sessions = stage.postgres.sessions()
    felt("no session was frozen", happened=bool(sessions))
    with _stopped(sessions):
        time.sleep(seconds)
    return Span(began, stage.postgres.wait_until_ready())


def all_frozen(stage: Stage) -> Span:
    """Stop every process of PostgreSQL for six seconds, so that connecting hangs as well."""
    began = time.monotonic()
    postmaster = psutil.Process(stage.postgres.pid)
    postmaster.suspend()
    with _stopped([postmaster.pid, *(child.pid for child in postmaster.children())]):
        time.sleep(6)
    return Span(began, stage.postgres.wait_until_ready())


@contextmanager
def _stopped(pids: Sequence[int]) -> Iterator[None]:
    try:
        for pid in pids:
            _signal(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in pids:
            _signal(pid, signal.SIGCONT)


def _signal(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)
