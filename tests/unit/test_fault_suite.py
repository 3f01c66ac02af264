"""The fault suite sees what it is there to see: what is lost, doubled, late, or silent."""

import socket
from collections.abc import Iterator
from math import inf

import pytest

from tests.system.faults.audit import audit
from tests.system.faults.channel import Reply
from tests.system.faults.journal import Answer, flaw_of
from tests.system.faults.ledger import Ledger, State
from tests.system.faults.proxy import Proxy
from tests.system.faults.result import recovery
from tests.system.faults.stage import Span

MILK = State("marker", "", completed=False)
OATS = State("marker 2", "", completed=False)
JSON = {"content-type": "application/json"}
AGAIN = b'{"error":{"code":"SERVICE_UNAVAILABLE","message":"Please try again"}}'


def replaced(_was: State) -> State:
    return OATS


@pytest.fixture
def ledger() -> Ledger:
    """Give the accounts of alice, who created one task with a key."""
    ledger = Ledger("alice")
    ledger.attempted["marker"] = True
    ledger.created(1, MILK, MILK)
    return ledger


@pytest.fixture
def proxied() -> Iterator[tuple[Proxy, socket.socket]]:
    """Give a proxy, and the listener that it leads to."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        proxy = Proxy(listener.getsockname()[1])
        yield proxy, listener
        proxy.close()


def test_a_row_as_it_was_acknowledged_is_not_lost(ledger: Ledger) -> None:
    found = audit([("alice", 1, *MILK)], [ledger])

    assert (found.acknowledged, found.rows_per_key) == (1, 1)
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize("rows", [[], [("alice", 1, *OATS)], [("bob", 1, *MILK)]])
def test_a_row_that_is_missing_or_another_is_lost(
    ledger: Ledger, rows: list[tuple[object, ...]]
) -> None:
    assert len(audit(rows, [ledger]).lost) == 1


@pytest.mark.parametrize("state", [MILK, OATS])
def test_a_change_without_a_success_may_have_happened(ledger: Ledger, state: State) -> None:
    ledger.may_have_changed(1, replaced)

    assert audit([("alice", 1, *state)], [ledger]).lost == []


def test_a_change_that_was_acknowledged_is_lost_if_it_is_undone(ledger: Ledger) -> None:
    ledger.may_have_changed(1, replaced)
    ledger.changed(1, OATS, replaced)

    assert len(audit([("alice", 1, *MILK)], [ledger]).lost) == 1


def test_a_deletion_that_was_acknowledged_is_lost_if_the_row_is_there(ledger: Ledger) -> None:
    ledger.removed(1)

    assert len(audit([("alice", 1, *MILK)], [ledger]).lost) == 1


def test_a_second_row_of_a_key_is_found(ledger: Ledger) -> None:
    found = audit([("alice", 1, *MILK), ("alice", 2, *MILK)], [ledger])

    assert found.rows_per_key == 2
    assert len(found.doubled) == 1


def test_a_second_row_of_a_key_is_found_when_the_first_is_deleted(ledger: Ledger) -> None:
    ledger.removed(1)

    assert audit([("alice", 2, *MILK)], [ledger]).rows_per_key == 2


def test_a_row_that_nobody_asked_for_is_found(ledger: Ledger) -> None:
    rows = [("alice", 1, *MILK), ("alice", 2, "another", "", False)]

    assert len(audit(rows, [ledger]).doubled) == 1


def test_an_answer_shows_a_lost_write_that_the_end_does_not(ledger: Ledger) -> None:
    ledger.read(1, OATS)
    ledger.changed(1, OATS, replaced)

    assert len(audit([("alice", 1, *OATS)], [ledger]).lost) == 1


def test_an_answer_shows_a_second_task_of_a_key(ledger: Ledger) -> None:
    ledger.created(2, MILK, MILK)

    assert len(audit([("alice", 1, *MILK)], [ledger]).doubled) == 1


def test_it_has_recovered_after_the_last_request_that_failed() -> None:
    answers = [
        Answer("alice", "get", 503, began=0.9, ended=5.0),
        Answer("alice", "get", 503, began=1.1, ended=1.7),
        Answer("nobody", "/readyz", 200, began=1.2, ended=1.3),
    ]

    assert recovery(answers, Span(0.0, 1.0)) == pytest.approx(0.7)
    assert recovery(answers[:2], Span(0.0, 1.0)) == inf


def test_a_refusal_says_when_to_try_again() -> None:
    assert flaw_of(Reply(503, JSON | {"retry-after": "1"}, AGAIN)) == ""
    assert flaw_of(Reply(503, JSON, AGAIN)) == "503 with Retry-After ''"
    assert "text/plain" in flaw_of(Reply(500, {"content-type": "text/plain"}, b"Oops"))
    assert flaw_of(Reply(404, JSON, AGAIN)).startswith("404")


def test_a_silent_proxy_forwards_nothing_and_new_connections_afterwards(
    proxied: tuple[Proxy, socket.socket],
) -> None:
    proxy, listener = proxied
    before = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    before.sendall(b"1")
    there, _ = listener.accept()
    there.settimeout(0.3)
    assert there.recv(10) == b"1"

    proxy.fall_silent()
    during = socket.create_connection(("127.0.0.1", proxy.port), timeout=30)
    during.sendall(b"2")
    before.sendall(b"3")
    with pytest.raises(TimeoutError):
        there.recv(10)
    proxy.speak()
    after, _ = listener.accept()

    assert after.recv(10) == b"2"
    with pytest.raises(TimeoutError):
        there.recv(10)
    for each in (before, there, during, after):
        each.close()
