"""SIGTERM: what was asked is answered, and what cannot be is refused in the contract's shape."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.raw import request
from tests.support.service import Service, running_service
from tests.support.stopping import (
    JSON,
    LIST,
    LIVEZ,
    POST,
    answers,
    connected_to,
    ended,
    is_refused,
    stop,
)


def test_what_is_asked_while_it_stops_is_answered(stopped: Service) -> None:
    with ExitStack() as stack:
        unused, used, half, many = (stack.enter_context(connected_to(stopped)) for _ in range(4))
        used.sendall(LIVEZ)
        used.recv(65536)
        half.sendall(POST[:-5])
        many.sendall(LIVEZ + POST[:20])
        time.sleep(0.2)
        stop(stopped)
        unused.sendall(request("GET /readyz"))
        used.sendall(POST)
        half.sendall(POST[-5:])
        many.sendall(POST[20:] + LIST * 3)
        found = [answers(each) for each in (unused, used, half, many)]

    statuses = [[answer.status for answer in each] for each in found]
    assert statuses == [[200], [201], [201], [200, 201, 200, 200, 200]]
    assert all(each[-1].headers["connection"] == "close" for each in found)
    assert ended(stopped, time.monotonic())[0] == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_connection_that_nobody_has_accepted_yet_is_answered(
    tmp_path: Path, database_url: str, host: str
) -> None:
    with running_service(tmp_path, database_url, HOST=host) as service, ExitStack() as stack:
        service.process.send_signal(signal.SIGSTOP)
        waiting = [stack.enter_context(connected_to(service)) for _ in range(200)]
        for connection in waiting[:100]:
            connection.sendall(LIVEZ)
        service.process.terminate()
        service.process.send_signal(signal.SIGCONT)
        for connection in waiting[100:]:
            connection.sendall(LIVEZ)

        assert [answers(each)[0].status for each in waiting] == [200] * 200
        assert ended(service, time.monotonic())[0] == 0


def test_a_refusal_arrives_although_its_body_does_not(stopped: Service) -> None:
    head = request("POST /api/tasks", JSON, "Content-Length: 900000")

    with connected_to(stopped) as connection:
        connection.sendall(head)
        stop(stopped)
        connection.sendall(b"a" * 900_000)
        (answer,) = answers(connection)

    assert (answer.status, answer.code) == (401, "UNAUTHORIZED")


def test_what_is_not_complete_in_time_is_refused(stopped: Service) -> None:
    with ExitStack() as stack:
        head, body, trickling, behind = (
            stack.enter_context(connected_to(stopped)) for _ in range(4)
        )
        head.sendall(POST[:30])
        body.sendall(POST[:-5])
        trickling.sendall(POST[:-5])
        time.sleep(0.2)
        stop(stopped)
        behind.sendall(LIVEZ + POST[:20])
        for _ in range(3):
            time.sleep(0.5)
            trickling.sendall(b" ")
            stopped.process.terminate()
        refused = [is_refused(each) for each in (head, body, trickling)]
        answered = [answer.status for answer in answers(behind)]

    assert refused == [True] * 3
    assert answered == [200, 503]
    assert ended(stopped, time.monotonic())[0] == 0
