"""Faults of the service itself and of its way to the database: killed, replaced, cut off."""

import time

from tests.system.faults.stage import Span, Stage

_ROUNDS = 3
_BETWEEN_SECONDS = 0.7


def killed(stage: Stage) -> Span:
    """Kill the service, and start it again at once; twice."""
    began = time.monotonic()
    stage.server.kill()
    stage.server.start()
    time.sleep(_BETWEEN_SECONDS)
    stage.server.kill()
    return Span(began, stage.server.start())


def replaced(stage: Stage) -> Span:
    """Stop the service with SIGTERM and start it again, time and again."""
    began = ended = time.monotonic()
    for _ in range(_ROUNDS):
        finding = stage.server.stop()
        stage.findings += [finding] if finding else []
        ended = stage.server.start()
        time.sleep(_BETWEEN_SECONDS)
    return Span(began, ended)


def silence(stage: Stage) -> Span:
    """Let the network swallow everything for six seconds, and forget every connection."""
    began = time.monotonic()
    stage.proxy.fall_silent()
    time.sleep(6)
    stage.proxy.speak()
    return Span(began, time.monotonic())
