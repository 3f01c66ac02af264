"""Faults of the server as a whole: it stops, and comes back."""

import signal
import time

from tests.system.faults.stage import Span, Stage, felt


def fast_restart(stage: Stage) -> Span:
    """Restart PostgreSQL as an administrator does."""
    return _restart(stage, signal.SIGINT)


def crash_restart(stage: Stage) -> Span:
    """Let PostgreSQL crash, and recover from its log."""
    return _restart(stage, signal.SIGQUIT)


def down(stage: Stage) -> Span:
    """Keep PostgreSQL down for three seconds."""
    return _restart(stage, signal.SIGINT, pause=3)


def _restart(stage: Stage, how: signal.Signals, *, pause: float = 0) -> Span:
    before, began = stage.postgres.started_at(), time.monotonic()
    stage.postgres.stop(how)
    time.sleep(pause)
    ended = stage.postgres.start()
    felt("PostgreSQL did not restart", happened=stage.postgres.started_at() != before)
    return Span(began, ended)
