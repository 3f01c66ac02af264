"""No client notices that replicas die, are replaced, and become another version."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.service import NO_TLS
from tests.system.faults.client import MIX
from tests.system.faults.load import Load
from tests.system.replicas.fleet import Fleet, failures_of
from tests.system.replicas.next_version import NUMBER, write_next_version

pytestmark = pytest.mark.replicas

# What nginx may send to a second replica after the first has died on it.
REPEATABLE = {name: MIX[name] for name in ("create_with_key", "get", "list", "replace")}

CALM_SECONDS = 1.0


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """Give the folder with the code of the next version."""
    write_next_version(tmp_path)
    return tmp_path


def unharmed(fleet: Fleet, load: Load, *, writes: int) -> None:
    """Fail unless every request was answered with a success, and every write is stored once."""
    audit = fleet.audit(load)
    requests = len(load.journal.answers) + len(load.health.answers)
    failures = failures_of(load)
    print(
        f"\n{requests} requests, {len(failures)} failed, {audit.acknowledged} writes acknowledged,"
        f" {len(audit.lost)} lost, {len(audit.doubled)} doubled,"
        f" {fleet.nginx.passed_on()} requests passed on so far"
    )
    assert failures == []
    assert (audit.lost, audit.doubled, audit.rows_per_key) == ([], [], 1)
    assert audit.acknowledged > writes


def versions_seen(fleet: Fleet) -> Iterator[str]:
    """Give what the contract says that the replicas serve, as often as there are replicas."""
    for replica in fleet.replicas:
        answer = httpx.get(f"http://127.0.0.1:{replica.port}/openapi.json", verify=NO_TLS)
        yield answer.json()["info"]["version"]


def test_no_request_fails_while_replicas_are_killed_and_replaced(fleet: Fleet) -> None:
    before = fleet.nginx.passed_on()

    with fleet.under_load("killed", REPEATABLE) as load:
        for replica in fleet.replicas:
            time.sleep(CALM_SECONDS)
            replica.kill()
            time.sleep(CALM_SECONDS)
            replica.start()
        time.sleep(CALM_SECONDS)

    unharmed(fleet, load, writes=500)
    assert fleet.nginx.passed_on() > before


def test_no_request_fails_while_all_are_rolled_to_a_version_with_a_migration(
    fleet: Fleet, next_version: Path
) -> None:
    with fleet.under_load("rolled", MIX) as load:
        time.sleep(CALM_SECONDS)
        fleet.migrate(next_version)
        time.sleep(CALM_SECONDS)
        for replica in fleet.replicas:
            assert replica.stop() == ""
            replica.start(PYTHONPATH=str(next_version))
            time.sleep(CALM_SECONDS)

    unharmed(fleet, load, writes=500)
    assert set(versions_seen(fleet)) == {NUMBER}
