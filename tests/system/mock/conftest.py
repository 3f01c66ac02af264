"""Prism as a mock and as a proxy, express-openapi-validator, and what they are given."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from tests.support.service import START_SECONDS, free_port
from tests.system.clients.tools import CONTRACT, node
from tests.system.mock.exchanges import Exchange, client_of, record

FOLDER = Path(__file__).resolve().parent
PRISM = "node_modules/.bin/prism"


class Validators(NamedTuple):
    """Ports where a recorded exchange passes through a validator."""

    requests_and_answers: int
    answers: int
    proxy: int


@contextmanager
def _running(log: Path, *command: str, ports: tuple[int, ...]) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            [node(FOLDER), *command], cwd=FOLDER, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            for port in ports:
                _wait_for(port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(timeout=15)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    started = time.monotonic()
    while time.monotonic() < started + START_SECONDS and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text(errors="replace"))


@pytest.fixture(scope="session")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a client of Prism, which knows the contract and nothing else."""
    port, log = free_port(), tmp_path_factory.mktemp("prism") / "log"
    command = (PRISM, "mock", "-m", "false", "-p", str(port), str(CONTRACT))
    with _running(log, *command, ports=(port,)), client_of(port) as client:
        client.headers["Authorization"] = "Bearer a-token"
        yield client


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the file with the exchanges of the acceptance tests, a line for each."""
    path = tmp_path_factory.mktemp("recorded") / "exchanges.jsonl"
    record(path)
    return path


@pytest.fixture(scope="session")
def exchanges(recorded: Path) -> list[Exchange]:
    """Give the exchanges of the acceptance tests."""
    return Exchange.all_of(recorded)


@pytest.fixture(scope="session")
def validators(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Validators]:
    """Give the ports of validators in front of the recorded answers."""
    folder = tmp_path_factory.mktemp("validators")
    plain, both, answers, proxy = (free_port() for _ in range(4))
    upstream = f"http://127.0.0.1:{plain}"
    ports = (plain, both, answers)
    replay = ("replay.mjs", str(CONTRACT), str(recorded), *map(str, ports))
    prism = (PRISM, "proxy", "--errors", "-m", "false", "-p", str(proxy), str(CONTRACT), upstream)
    with (
        _running(folder / "replay.log", *replay, ports=ports),
        _running(folder / "prism.log", *prism, ports=(proxy,)),
    ):
        yield Validators(both, answers, proxy)
