"""Connections that break, hang or fall silent, and what becomes of the statement."""

import os
import signal
import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest

from persistence import pool
from persistence.errors import DatabaseUnavailable, TaskNotFound
from persistence.models import Task
from tests.support.blocking import BlockingDatabase as Database
from tests.support.database import configure, locked, query, wait_until
from tests.support.operations import ALL, ON_ONE_TASK, Operation, all_of, every_operation, titles_of

OURS = "datname = current_database() AND application_name = 'tasks-api'"

WRITABLE = "options=-c%20default_transaction_read_only%3Doff"


def sessions_of(url: str) -> set[int]:
    return {pid for (pid,) in query(url, f"SELECT pid FROM pg_stat_activity WHERE {OURS}")}


def terminate(url: str, pid: int | None = None) -> None:
    """Cut one connection of the service, or all of them."""
    condition = f"pid = {pid}" if pid else OURS
    query(url, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {condition}")


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process for the time of a block: its kernel goes on acknowledging what is sent."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Give a database that waits longer for a lock than a test takes to break the connection."""
    database = Database(database_url, lock_timeout=20, statement_timeout=20)
    yield database
    database.dispose()


def add(database: Database, key: str | None = None) -> Task:
    with database.tasks_of("alice") as tasks:
        return tasks.add(title="Buy milk", description=None, idempotency_key=key)


@pytest.mark.requirement("NF-006")
@every_operation
def test_connections_that_were_cut_while_idle_are_replaced(
    database: Database, database_url: str, operation: Operation
) -> None:
    task = add(database)
    with ThreadPoolExecutor(3) as threads, locked(database_url):
        for _ in range(3):
            threads.submit(titles_of, database, "alice")
        wait_until(database_url, "wait_event_type = 'Lock'")
    terminate(database_url)

    with database.tasks_of("alice") as tasks:
        operation(tasks, task.id)


def test_a_read_that_was_cut_is_tried_once_more(database: Database, database_url: str) -> None:
    add(database)

    with locked(database_url) as lock, ThreadPoolExecutor(1) as other:
        reading = other.submit(titles_of, database, "alice")
        terminate(database_url, wait_until(database_url, "wait_event_type = 'Lock'"))
        lock.rollback()

        assert reading.result() == ["Buy milk"]
    assert database.pool_state.retries == 1


def test_a_write_that_was_cut_is_not_tried_again(database: Database, database_url: str) -> None:
    with locked(database_url), ThreadPoolExecutor(1) as other:
        writing = other.submit(add, database)
        terminate(database_url, wait_until(database_url, "wait_event_type = 'Lock'"))

        with pytest.raises(DatabaseUnavailable):
            writing.result()

    assert titles_of(database, "alice") == []


def test_an_addition_with_a_key_that_was_cut_is_tried_once_more(
    database: Database, database_url: str
) -> None:
    with locked(database_url) as lock, ThreadPoolExecutor(1) as other:
        writing = other.submit(add, database, "k")
        terminate(database_url, wait_until(database_url, "wait_event_type = 'Lock'"))
        lock.rollback()

        assert writing.result().title == "Buy milk"

    assert titles_of(database, "alice") == ["Buy milk"]


@every_operation
def test_a_server_that_is_frozen_is_given_up_in_time(
    database: Database, database_url: str, operation: Operation
) -> None:
    task = add(database)
    (session,) = sessions_of(database_url)

    with frozen(session):
        started = time.monotonic()
        with (
            database.within(0.5),
            pytest.raises(DatabaseUnavailable),
            database.tasks_of("alice") as tasks,
        ):
            operation(tasks, task.id)

        assert time.monotonic() - started < 20
        assert titles_of(database, "alice") == ["Buy milk"]


def test_a_connection_that_was_idle_for_long_is_asked_before_it_is_used(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database)
    (session,) = sessions_of(database_url)
    monkeypatch.setattr(pool, "CHECK_AFTER_SECONDS", 0.0)

    with frozen(session):
        started = time.monotonic()
        add(database)

    assert time.monotonic() - started < 20
    wait_until_gone(database_url, session)
    assert len(titles_of(database, "alice")) == 2


def test_a_connection_that_is_never_idle_is_replaced_in_its_turn(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.revision()
    sessions = sessions_of(database_url)
    monkeypatch.setattr(pool, "FRESH_SECONDS", 60.0)
    monkeypatch.setattr(pool, "RECYCLE_SECONDS", 0.0)

    database.revision()

    assert sessions_of(database_url).isdisjoint(sessions)


def test_a_connection_is_replaced_after_half_an_hour_and_not_before(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.revision()
    (session,) = sessions_of(database_url)
    monotonic = time.monotonic

    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 29 * 60)
    database.revision()
    assert sessions_of(database_url) == {session}

    monkeypatch.setattr(time, "monotonic", lambda: monotonic() + 31 * 60)
    database.revision()
    wait_until_gone(database_url, session)
    assert len(sessions_of(database_url)) == 1


def test_a_connection_that_works_is_kept_whatever_it_has_to_say(
    database: Database, database_url: str
) -> None:
    database.revision()
    before = sessions_of(database_url)
    query(database_url, "ALTER SYSTEM SET application_name TO 'x'; ")
    query(database_url, "ALTER SYSTEM RESET application_name")
    query(database_url, "SELECT pg_reload_conf()")

    database.revision()

    assert sessions_of(database_url) == before


def test_a_connection_that_breaks_takes_no_other_with_it(
    database: Database, database_url: str
) -> None:
    with ThreadPoolExecutor(3) as threads, locked(database_url):
        waiting = [threads.submit(titles_of, database, "alice") for _ in range(3)]
        broken = wait_until(database_url, "wait_event_type = 'Lock'")
        while len(sessions_of(database_url)) < 3:
            time.sleep(0.01)
        before = sessions_of(database_url)
        terminate(database_url, broken)
    for each in waiting:
        each.result()

    assert before - {broken} <= sessions_of(database_url)


@pytest.mark.own_database
def test_a_connection_to_a_server_that_has_become_read_only_is_dropped(
    database: Database, database_url: str
) -> None:
    configure(database_url, "default_transaction_read_only", "on")
    with pytest.raises(DatabaseUnavailable):
        add(database)
    configure(f"{database_url}?{WRITABLE}", "default_transaction_read_only", "off")

    assert add(database).title == "Buy milk"


@pytest.mark.parametrize("limit", ["connect_timeout", "deadline"])
def test_a_server_that_accepts_and_says_nothing_is_given_up_in_time(limit: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        seconds = {"connect_timeout": (1.5, 60.0), "deadline": (60.0, 1.5)}[limit]
        database = Database(f"postgresql://p@127.0.0.1:{port}/tasks", connect_timeout=seconds[0])
        started = time.monotonic()

        with database.within(seconds[1]), pytest.raises(DatabaseUnavailable):
            database.revision()

        assert 1 <= time.monotonic() - started < 20


def test_the_time_to_connect_may_be_given_with_the_url() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://p@127.0.0.1:{silent.getsockname()[1]}/tasks?connect_timeout=2"
        database = Database(url, connect_timeout=60)
        started = time.monotonic()

        with pytest.raises(DatabaseUnavailable):
            database.revision()

        assert 1 <= time.monotonic() - started < 20


def test_the_server_gives_up_before_the_client_does(database: Database, database_url: str) -> None:
    database.revision()
    before = sessions_of(database_url)

    with (
        locked(database_url),
        database.within(0.6),
        pytest.raises(DatabaseUnavailable) as refusal,
        database.tasks_of("alice") as tasks,
    ):
        all_of(tasks)

    assert refusal.value.sqlstate == "57014"
    assert sessions_of(database_url) == before


def test_nothing_is_begun_after_the_deadline(database: Database) -> None:
    with database.within(-1), pytest.raises(DatabaseUnavailable):
        add(database)

    assert titles_of(database, "alice") == []


WRITES = {name: write for name, write in ALL.items() if name not in {"get", "list"}}
CHANGES = {name: write for name, write in WRITES.items() if name in ON_ONE_TASK}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_write_that_is_read_after_it_was_given_up_does_not_take_effect(
    database: Database, database_url: str, write: Operation
) -> None:
    task = add(database)
    with database.within(5), database.tasks_of("alice") as tasks:
        tasks.replace(task.id, title="Before", description=None)
    (session,) = sessions_of(database_url)

    with frozen(session):
        assert attempt(database, write, task.id) == "unavailable"
        with database.tasks_of("alice") as tasks:
            last = tasks.replace(task.id, title="Acknowledged", description=None)
    wait_until_gone(database_url, session)

    with database.tasks_of("alice") as tasks:
        assert all_of(tasks) == [last]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_that_was_given_up_behind_a_lock_does_not_take_effect(
    database: Database, database_url: str, change: Operation
) -> None:
    task = add(database)
    blocker = psycopg2.connect(database_url)
    blocker.cursor().execute("UPDATE tasks SET completed = completed")

    with ThreadPoolExecutor(1) as other:
        given_up = other.submit(attempt, database, change, task.id)
        session = wait_until(database_url, "wait_event_type = 'Lock'")
        with frozen(session):
            assert given_up.result() == "unavailable"
            blocker.rollback()
            with database.tasks_of("alice") as tasks:
                last = tasks.replace(task.id, title="Acknowledged", description=None)
    wait_until_gone(database_url, session)

    with database.tasks_of("alice") as tasks:
        assert all_of(tasks) == [last]
    blocker.close()


@pytest.mark.own_database
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
def test_a_write_is_answered_when_it_can_no_longer_take_effect_though_its_connection_was_cut(
    database_url: str, write: Operation
) -> None:
    with cuttable(database_url) as (url, cut):
        database = Database(url, statement_timeout=1.5, request_timeout=10)
        task = add(database)
        (session,) = sessions_of(database_url)

        with frozen(session), ThreadPoolExecutor(1) as other:
            given_up = other.submit(attempt, database, write, task.id, seconds=40)
            wait_until_asked(session)
            started = time.monotonic()
            cut()
            outcome = given_up.result()
            assert time.monotonic() - started < 20
            with database.tasks_of("alice") as tasks:
                last = tasks.replace(task.id, title="Acknowledged", description=None)
        database.dispose()
    wait_until_gone(database_url, session)

    assert outcome == ("done" if write is WRITES["add once"] else "unavailable")
    found = query(database_url, "SELECT title FROM tasks ORDER BY id")
    assert found == [(last.title,)] + [("New",)] * (outcome == "done")


def test_a_write_whose_session_was_terminated_is_answered_at_once(
    database: Database, database_url: str
) -> None:
    with locked(database_url), ThreadPoolExecutor(1) as other:
        writing = other.submit(add, database)
        session = wait_until(database_url, "wait_event_type = 'Lock'")
        started = time.monotonic()
        terminate(database_url, session)

        with pytest.raises(DatabaseUnavailable):
            writing.result()

    assert time.monotonic() - started < 10  # It would have expired after 20 s.


@contextmanager
def cuttable(url: str) -> Iterator[tuple[str, Callable[..., None]]]:
    """Give another URL of the database, and a function that resets the connections through it."""
    target = urlsplit(url)
    over: list[bool] = []
    clients: list[socket.socket] = []
    servers: list[socket.socket] = []

    def forward(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                if over:
                    client.close()
                    continue
                clients.append(client)
                server = socket.create_connection((target.hostname or "", target.port or 0))
                servers.append(server)
                Thread(target=forward, args=(client, server), daemon=True).start()
                Thread(target=forward, args=(server, client), daemon=True).start()

    def cut(*, for_good: bool = False) -> None:
        over.extend([True] * for_good)
        # The server's side stays open, as if its end had been lost on the way.
        for _ in range(len(clients)):  # And not those who come again at once.
            client = clients.pop(0)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            with suppress(OSError):
                client.shutdown(socket.SHUT_RD)  # Ends the wait of the thread that reads from it.
            client.close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = Thread(target=accept, args=(listener,))
        accepting.start()
        netloc = f"{target.username}:{target.password}@127.0.0.1:{listener.getsockname()[1]}"
        yield target._replace(netloc=netloc).geturl(), cut
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join()
        for each in (*clients, *servers):
            each.close()


def wait_until_asked(session: int) -> None:
    """Wait until something has arrived that a frozen session has not read."""
    (connection,) = psutil.Process(session).net_connections("tcp4")
    local, remote = f":{connection.laddr.port:04X}", f":{connection.raddr.port:04X}"
    give_up = time.monotonic() + 10
    while time.monotonic() < give_up:
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines():
            fields = line.split()
            is_its = fields[1].endswith(local) and fields[2].endswith(remote)
            if is_its and not fields[4].endswith(":00000000"):
                return
        time.sleep(0.01)
    pytest.fail("nothing has been sent")


def wait_until_gone(url: str, session: int) -> None:
    give_up = time.monotonic() + 10
    while session in sessions_of(url):
        assert time.monotonic() < give_up
        time.sleep(0.01)


def attempt(database: Database, change: Operation, task_id: int, *, seconds: float = 0.5) -> str:
    try:
        with database.within(seconds), database.tasks_of("alice") as tasks:
            change(tasks, task_id)
    except DatabaseUnavailable:
        return "unavailable"
    return "done"


@pytest.mark.own_database
def test_silent_connections_are_tested_in_the_time_that_the_request_has(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(database_url, request_timeout=30)
    with ThreadPoolExecutor(10) as threads, locked(database_url):
        for n in range(10):
            threads.submit(titles_of, database, f"user-{n}")
        while len(sessions_of(database_url)) < 10:
            time.sleep(0.01)
    monkeypatch.setattr(pool, "CHECK_AFTER_SECONDS", 0.0)
    monkeypatch.setattr(pool, "CHECK_SECONDS", 3.0)

    with ExitStack() as stack:
        for session in sessions_of(database_url):
            # Until it is idle, it may hold a lock of PostgreSQL's that new sessions wait for.
            wait_until(database_url, f"pid = {session} AND wait_event = 'ClientRead'")
            stack.enter_context(frozen(session))
        started = time.monotonic()
        assert titles_of(database, "alice") == []

    assert time.monotonic() - started < 20  # One test after the other would take 30 s.
    database.dispose()


@pytest.mark.own_database
def test_an_addition_with_a_key_that_cannot_be_tried_again_is_not_answered_too_early(
    database_url: str,
) -> None:
    with cuttable(database_url) as (url, cut):
        database = Database(url, statement_timeout=2, request_timeout=40, connect_timeout=2)
        add(database)
        (session,) = sessions_of(database_url)
        with frozen(session), ThreadPoolExecutor(1) as other:
            given_up = other.submit(attempt, database, WRITES["add once"], 0, seconds=40)
            wait_until_asked(session)
            cut(for_good=True)
            assert given_up.result() == "unavailable"
        database.dispose()
    wait_until_gone(database_url, session)

    assert query(database_url, "SELECT title FROM tasks") == [("Buy milk",)]


def test_a_row_that_cannot_be_read_harms_nobody_else(database: Database, database_url: str) -> None:
    task = add(database)
    later = "UPDATE tasks SET created_at = %s, updated_at = %s WHERE id = %s"
    query(database_url, later, "20000-01-01", "20000-01-02", task.id)

    with database.tasks_of("alice") as tasks:
        for _ in range(2):
            with pytest.raises(ValueError, match="year"):
                tasks.get(task.id)
        with pytest.raises(TaskNotFound):
            tasks.get(task.id + 1)
