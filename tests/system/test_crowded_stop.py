"""A stop in a crowd: connections that are only just accepted, and more than there is room for."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import uvloop

from tasks_api.observability.events import Event
from tasks_api.observability.exchange import OBSERVER, Exchange, Observer
from tasks_api.server import accept_queue, shutdown
from tasks_api.server.protocol import Protocol
from tasks_api.server.shutdown import GracefulServer
from tests.support.log import failures
from tests.support.service import running_service
from tests.support.stopping import LIVEZ, POST, answers, connected_to, ended

FILES = 64
WITH_FEW_FILES = (
    "-c",
    f"""
import resource
from runpy import run_module
resource.setrlimit(resource.RLIMIT_NOFILE, ({FILES}, {FILES}))
run_module("tasks_api", run_name="__main__")
""",
    "serve",
)


async def answers_nothing(_scope: object, _receive: object, send: Callable[..., Any]) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def server_of(app: Callable[..., Any]) -> GracefulServer:
    config = uvicorn.Config(app, http=Protocol, ws="none", lifespan="off", log_config=None)
    config.load()
    server = GracefulServer(config, on_started=lambda: None, on_stopping=lambda: None)
    server.lifespan = config.lifespan_class(config)
    return server


async def answer_to_who_was_accepted_with_the_signal() -> bytes:
    server = server_of(answers_nothing)
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup([listener])
    with socket.create_connection(listener.getsockname()) as connection:
        await asyncio.sleep(0)  # The event loop accepts, and has yet to tell the protocol.
        assert not server.server_state.connections
        answer = asyncio.create_task(asyncio.to_thread(exchanged, connection))
        await server.shutdown([listener])
        return await answer


def exchanged(connection: socket.socket) -> bytes:
    time.sleep(0.05)
    connection.sendall(LIVEZ)
    return connection.recv(65536)


def test_who_is_accepted_in_the_moment_of_the_signal_is_told_to_close() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        received = runner.run(answer_to_who_was_accepted_with_the_signal())

    assert received.startswith(b"HTTP/1.1 204 ")
    assert b"connection: close\r\n" in received


class Defective(Observer):
    """Fails with the first request that ends."""

    has_failed = False

    def ended(self, exchange: Exchange) -> None:
        if not self.has_failed:
            self.has_failed = True
            raise LookupError
        super().ended(exchange)


async def waits_for_the_body(
    _scope: object, receive: Callable[..., Any], send: Callable[..., Any]
) -> None:
    while (await receive()).get("more_body"):
        pass
    await answers_nothing(None, None, send)


async def statuses_in_spite_of_a_defect() -> list[list[int]]:
    server = server_of(waits_for_the_body)
    server.lifespan.state[OBSERVER] = Defective()
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup([listener])
    with ExitStack() as stack:
        address = listener.getsockname()
        waiting = [stack.enter_context(socket.create_connection(address, 20)) for _ in range(5)]
        for connection in waiting:
            connection.sendall(POST[:-5])
        while len(server.server_state.tasks) < len(waiting):  # noqa: ASYNC110 -- nobody could set an event.
            await asyncio.sleep(0.01)
        await server.shutdown([listener])
        return sorted(map(statuses_of, waiting))


def statuses_of(connection: socket.socket) -> list[int]:
    with suppress(ConnectionResetError):
        return [answer.status for answer in answers(connection)]
    return []


def test_a_defect_of_one_connection_keeps_no_other_from_its_answer(
    monkeypatch: pytest.MonkeyPatch, events: list[Any]
) -> None:
    monkeypatch.setattr(shutdown, "STOP_READING", 0.2)
    monkeypatch.setattr(shutdown, "STOP_ANSWERING", 0.5)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(statuses_in_spite_of_a_defect())

    assert found == [[], *[[503]] * 4]
    assert [each["event"] for each in events].count(Event.UNHANDLED_EXCEPTION) == 1


def test_without_a_free_descriptor_it_stops_as_well(tmp_path: Path, database_url: str) -> None:
    with (
        running_service(tmp_path, database_url, program=WITH_FEW_FILES) as service,
        ExitStack() as stack,
    ):
        idle = [stack.enter_context(connected_to(service)) for _ in range(FILES)]
        time.sleep(0.2)
        begun = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        for connection in idle[:10]:
            connection.sendall(LIVEZ)
        found = [answers(each) for each in idle[:10]]
        code, seconds = ended(service, begun)

    assert [[answer.status for answer in each] for each in found] == [[200]] * 10
    assert (code, seconds < 20) == (0, True)
    assert failures(service.log) == []


def test_a_queue_is_answered_as_descriptors_come_free(tmp_path: Path, database_url: str) -> None:
    with (
        running_service(tmp_path, database_url, program=WITH_FEW_FILES) as service,
        ExitStack() as stack,
    ):
        for _ in range(FILES // 2):
            stack.enter_context(connected_to(service))
        time.sleep(0.2)
        service.process.send_signal(signal.SIGSTOP)
        queue = [stack.enter_context(connected_to(service)) for _ in range(FILES)]
        for connection in queue:
            connection.sendall(LIVEZ)
        service.process.send_signal(signal.SIGTERM)
        service.process.send_signal(signal.SIGCONT)
        found = [answers(each) for each in queue]
        code, _ = ended(service, time.monotonic())

    assert [[answer.status for answer in each] for each in found] == [[200]] * FILES
    assert code == 0


class Listener:
    """Gives one connection after another, or fails to, as a list says."""

    def __init__(self, *outcomes: socket.socket | OSError) -> None:
        self._outcomes = list(outcomes)

    def accept(self) -> tuple[socket.socket, None]:
        outcome = self._outcomes.pop(0) if self._outcomes else BlockingIOError()
        if isinstance(outcome, OSError):
            raise outcome
        return outcome, None


async def taken(*outcomes: socket.socket | OSError, too_late: bool) -> list[socket.socket]:
    listener: Any = Listener(*outcomes)
    return [each async for each in accept_queue.drain(listener, lambda: too_late)]


@pytest.mark.parametrize(("too_late", "expected"), [(False, 2), (True, 1)])
def test_who_waits_is_accepted_as_descriptors_come_free(*, too_late: bool, expected: int) -> None:
    no_room, gone = OSError(24, "Too many open files"), ConnectionAbortedError()
    with socket.socket() as first, socket.socket() as second:
        found = asyncio.run(taken(gone, first, no_room, second, too_late=too_late))

    assert found == [first, second][:expected]
