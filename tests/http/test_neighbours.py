"""What one user does to the service, and what another one notices of it."""

import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import psycopg2
import pytest

from tests.support.api import Api, error_of, new_user
from tests.support.database import query, wait_until
from tests.support.log import failures
from tests.support.raw import request, send
from tests.support.service import Service, running_service
from tests.support.stopping import JSON, connected_to

PATIENT = {
    "DATABASE_LOCK_TIMEOUT": "60",
    "DATABASE_POOL_TIMEOUT": "60",
    "DATABASE_STATEMENT_TIMEOUT": "60",
    "REQUEST_TIMEOUT": "90",
}


def test_reads_whose_clients_have_gone_are_not_carried_out(
    tmp_path: Path, database_url: str
) -> None:
    with (
        running_service(tmp_path, database_url, DATABASE_POOL_SIZE="2", **PATIENT) as service,
        Api(service.url, new_user()) as api,
        psycopg2.connect(database_url) as blocker,
    ):
        api.create(title="Buy milk")
        query(database_url, "SELECT pg_stat_reset()")
        blocker.cursor().execute("LOCK TABLE tasks")
        read = request("GET /api/tasks/1", token=api.token)
        with connected_to(service) as waiting:
            waiting.sendall(read)
            wait_until(database_url, "wait_event_type = 'Lock'")
            with ExitStack() as stack:
                for _ in range(30):
                    stack.enter_context(connected_to(service)).sendall(read)
                httpx.get(f"{service.url}/livez", timeout=60)
            httpx.get(f"{service.url}/livez", timeout=60)
            blocker.rollback()
            waiting.recv(65536)
        answered = api.list().status_code

    scans = "SELECT idx_scan + seq_scan FROM pg_stat_user_tables WHERE relname = 'tasks'"
    assert query(database_url, scans)[0][0] < 20
    assert answered == 200
    assert failures(service.log) == []
    assert '"event":"database_unavailable"' not in service.log.read_text()


def peak_memory(service: Service) -> int:
    """Return the largest resident memory that the process has had, in MiB."""
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


@pytest.mark.parametrize("character", ["x", "\u0001"], ids=["text", "text that JSON writes longer"])
def test_answers_that_are_not_read_fill_no_memory(
    tmp_path: Path, database_url: str, character: str
) -> None:
    fill = """
        INSERT INTO users (id) VALUES ('mallory');
        INSERT INTO tasks (user_id, title, description)
        SELECT 'mallory', 'x', repeat(%s, 65536) FROM generate_series(1, 80)
    """
    query(database_url, fill, character)
    with (
        running_service(tmp_path, database_url) as service,
        Api(service.url, "mallory") as mallory,
        Api(service.url, "alice") as alice,
        ExitStack() as stack,
    ):
        alice.create(title="Buy milk")
        read = request("GET /api/tasks", token=mallory.token)
        for _ in range(60):
            stack.enter_context(connected_to(service)).sendall(read)
            assert alice.list().status_code == 200
        peak = peak_memory(service)
        stack.close()
        time.sleep(1)

        assert mallory.list().status_code == 200
    assert peak < 256
    assert failures(service.log) == []


def test_an_answer_that_is_not_read_takes_the_room_of_its_user_only(
    tmp_path: Path, database_url: str
) -> None:
    fill = """
        INSERT INTO users (id) VALUES ('mallory');
        INSERT INTO tasks (user_id, title, description)
        SELECT 'mallory', 'x', repeat('x', 65536) FROM generate_series(1, 160)
    """
    query(database_url, fill)
    with (
        running_service(tmp_path, database_url, MAX_UNSENT_BYTES=str(16 * 2**20)) as service,
        Api(service.url, "mallory") as mallory,
        Api(service.url, "alice") as alice,
    ):
        with connected_to(service) as connection:
            connection.sendall(request("GET /api/tasks", token=mallory.token))
            connection.recv(1)

            assert mallory.list().status_code == 503
            assert alice.list().status_code == 200
        time.sleep(0.2)

        assert mallory.list().status_code == 200


@pytest.mark.parametrize("framing", ["Content-Length: 1048576", "Transfer-Encoding: chunked"])
def test_bodies_that_do_not_come_take_the_room_of_their_user_only(
    tmp_path: Path, database_url: str, framing: str
) -> None:
    with (
        running_service(tmp_path, database_url, MAX_UNSENT_BYTES=str(4 * 2**20)) as service,
        Api(service.url, "mallory") as mallory,
        Api(service.url, "alice") as alice,
        ExitStack() as stack,
    ):
        for token in (mallory.token, mallory.token, alice.token):
            head = request("POST /api/tasks", JSON, framing, token=token)
            stack.enter_context(connected_to(service)).sendall(head)
        give_up = time.monotonic() + 8
        while mallory.create(title="Buy milk").status_code == 201:
            assert time.monotonic() < give_up
        began = time.monotonic()
        refused = mallory.create(title="Buy milk")
        seconds = time.monotonic() - began
        too_large = request("POST /api/tasks", JSON, "Content-Length: 99999999", token=alice.token)

        assert alice.create(title="Buy milk").status_code == 201
        assert send(service.url, too_large).status == 413
    assert error_of(refused)[:2] == (503, "SERVICE_UNAVAILABLE")
    assert seconds > 0.2


def test_a_client_that_reads_nothing_is_given_up(tmp_path: Path, database_url: str) -> None:
    fill = """
        INSERT INTO users (id) VALUES ('mallory');
        INSERT INTO tasks (user_id, title, description)
        SELECT 'mallory', 'x', repeat('x', 65536) FROM generate_series(1, 120)
    """
    query(database_url, fill)
    with (
        running_service(tmp_path, database_url) as service,
        Api(service.url, "mallory") as mallory,
        connected_to(service) as connection,
    ):
        began = time.monotonic()
        connection.sendall(request("GET /api/tasks", token=mallory.token))
        while '"route":"/api/tasks"' not in service.log.read_text():
            assert time.monotonic() - began < 25
            time.sleep(0.1)
        while connections_of(service.process.pid):
            assert time.monotonic() - began < 25
            time.sleep(0.1)


def connections_of(pid: int) -> int:
    """Count the connections of clients that a process has."""
    connections = psutil.Process(pid).net_connections("tcp4")
    port = next(each.laddr.port for each in connections if each.status == "LISTEN")
    return sum(each.laddr.port == port and each.status == "ESTABLISHED" for each in connections)


@pytest.mark.parametrize("query_string", ["", "?completed=false", "?after=99999999999999999.1"])
def test_a_list_without_a_limit_is_read_in_pieces(
    tmp_path: Path, database_url: str, query_string: str
) -> None:
    fill = """
        INSERT INTO users (id) VALUES ('mallory');
        INSERT INTO tasks (user_id, title, description)
        SELECT 'mallory', 'x', repeat(E'\\x01', 65000) FROM generate_series(1, 100)
    """
    query(database_url, fill)
    with running_service(tmp_path, database_url) as service, Api(service.url, "mallory") as mallory:
        answer = mallory.request("GET", f"/api/tasks{query_string}")

        assert len(answer.json()["data"]) == 100
        assert peak_memory(service) < 200


def test_bodies_that_are_only_announced_keep_no_answer_from_others(
    tmp_path: Path, database_url: str
) -> None:
    head = ("POST /api/tasks", "Content-Type: application/json", "Content-Length: 1048576")
    with (
        running_service(tmp_path, database_url) as service,
        Api(service.url, "alice") as alice,
        ExitStack() as stack,
    ):
        for user in ("mallory", "eve"):
            with Api(service.url, user) as api:
                sent = request(*head, token=api.token) + b"{"
            for _ in range(40):
                stack.enter_context(connected_to(service)).sendall(sent)

        assert alice.create(title="Buy milk").status_code == 201
        assert alice.list().status_code == 200
