"""More connections than `MAX_CONNECTIONS`, and more requests on them than one turn takes."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.log import awaited, logged
from tests.support.raw import send
from tests.support.service import Service, running_service
from tests.support.stopping import LIVEZ, POST, answers, connected_to, is_refused

LIMIT = 8
OF_ONE = LIMIT * 3 // 4


def connected_from(address: str, service: Service) -> socket.socket:
    """Connect from an address of this machine."""
    to = urlsplit(service.url)
    return socket.create_connection((to.hostname, to.port), 60, source_address=(address, 0))


def busy(service: Service) -> socket.socket:
    """Connect, and begin a body that does not end."""
    connection = connected_from("127.0.0.2", service)
    connection.sendall(POST[:-1])
    return connection


@pytest.fixture
def small(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Run a service with few connections."""
    with running_service(tmp_path, database_url, MAX_CONNECTIONS=str(LIMIT)) as service:
        yield service


def test_a_connection_too_many_is_told_to_come_again_and_others_are_served(small: Service) -> None:
    with ExitStack() as stack:
        for _ in range(OF_ONE):
            stack.enter_context(busy(small))
        too_many = stack.enter_context(connected_from("127.0.0.2", small))
        is_told = is_refused(too_many)
        probe = send(small.url, LIVEZ)

    assert is_told
    assert probe.status == 200
    exhausted = awaited(small.log, "connections_exhausted")
    assert (exhausted["level"], exhausted["reason"]) == ("warning", f"MAX_CONNECTIONS={LIMIT}")
    assert len(logged(small.log, "connections_exhausted")) == 1


def test_an_idle_connection_is_closed_for_a_new_one(small: Service) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(connected_to(small)) for _ in range(OF_ONE)]
        new = stack.enter_context(connected_to(small))
        new.sendall(LIVEZ)
        status = new.recv(65536).split()[1]
        idle[1].sendall(LIVEZ)

        assert status == b"200"
        assert idle[0].recv(1) == b""
        assert idle[1].recv(12) == b"HTTP/1.1 200"


def test_many_requests_at_once_are_all_answered(small: Service) -> None:
    closing = LIVEZ.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with ExitStack() as stack:
        crowd = [stack.enter_context(connected_to(small)) for _ in range(OF_ONE)]
        for connection in crowd:
            connection.sendall(LIVEZ * 100 + closing)
        found = [[answer.status for answer in answers(connection)] for connection in crowd]

    assert found == [[200] * 101] * OF_ONE
