"""Back up and restore: what was acknowledged before the dump is there, and nothing since."""

from typing import Any, NamedTuple

import httpx

from tests.database.migrations.catalog import description_of
from tests.database.persistence.test_lists import COUNTED, REALLY
from tests.support.api import Api, answer_of, error_of
from tests.support.database import query
from tests.system.runbooks.conftest import Start
from tests.system.runbooks.replica import Replica
from tests.system.runbooks.shell import Shell, commands

BACK_UP, RESTORE, LAST_WRITE = commands("Back up and restore")

KEY, LATE_KEY = {"Idempotency-Key": "before"}, {"Idempotency-Key": "after"}
TABLES = ("tasks", "users", "idempotency_keys", "task_lists", "tasks_alembic_version")


class Lost(NamedTuple):
    """What was acknowledged after the dump."""

    created: httpx.Response
    changed: httpx.Response


def contents(api: Api) -> list[Any]:
    """Return everything that a user can read, byte for byte, with its versions."""
    whole = api.list()
    tasks = [api.get(task["id"]) for task in whole.json()["data"]]
    return [(answer.content, answer.headers["ETag"]) for answer in (whole, *tasks)]


def fill(alice: Api) -> httpx.Response:
    """Leave tasks of every kind, and return the answer to the first use of a key."""
    alice.toggle(alice.created(title="Ärger 🥛", description="x" * 1000)["id"])
    alice.delete(alice.created()["id"])
    return alice.create(KEY, title="Buy milk")


def go_on(alice: Api) -> Lost:
    """Create, change and delete."""
    newest, oldest = alice.list().json()["data"]
    changed = alice.update(newest["id"], title="Changed", description=None)
    alice.delete(oldest["id"])
    return Lost(alice.create(LATE_KEY, title="Late"), changed)


def restored_from(shell: Shell) -> str:
    """Run the restore, and return what it prints."""
    for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED"):
        server = shell.variables[name].rpartition("/")[0]
        shell.variables[name.replace("DATABASE", "RESTORED")] = f"{server}/tasks_restored"
    return shell.run(RESTORE)


def consistent(damaged: str, restored: str) -> None:
    """Fail unless the schema and the rights are the same, and every user's tasks are counted."""
    for table in TABLES:
        assert description_of(restored, table) == description_of(damaged, table)
    assert query(restored, COUNTED) == query(restored, REALLY)


def overwrites_nothing(replica: Replica, lost: Lost) -> str:
    """Fail unless a client that has seen what is lost does no harm; return the last write."""
    created = lost.created.json()["data"]
    changed = f"/api/tasks/{lost.changed.json()['data']['id']}"
    with replica.api("alice") as alice:
        assert alice.get(created["id"]).status_code == 404
        if_match = {"If-Match": lost.changed.headers["ETag"]}
        assert error_of(alice.request("PATCH", f"{changed}/complete", headers=if_match))[0] == 412
        again = alice.create(LATE_KEY, title="Late")
    assert "Idempotency-Replayed" not in again.headers
    assert again.json()["data"]["id"] > created["id"]
    updated_at: str = again.json()["data"]["updated_at"]
    return updated_at.replace("T", " ").rstrip("Z").rstrip("0")


def test_what_was_acknowledged_before_the_dump_is_restored_and_nothing_since(
    deployed: Shell, start: Start
) -> None:
    replica, damaged = start(deployed), deployed.variables["DATABASE_URL_UNPOOLED"]
    with replica.api("alice") as alice, replica.under_load("bob") as load:
        first, before = fill(alice), contents(alice)
        acknowledged = list(load.acknowledged)
        deployed.run(BACK_UP)
        lost = go_on(alice)
    replica.stop()

    printed = restored_from(deployed)
    replica.start()

    restored = deployed.variables["DATABASE_URL_UNPOOLED"]
    assert printed.endswith("No problems found.\n")
    consistent(damaged, restored)
    stored = {title for (title,) in query(restored, "SELECT title FROM tasks")}
    assert set(acknowledged) <= stored
    with replica.api("alice") as alice:
        assert contents(alice) == before
        assert answer_of(alice.create(KEY, title="Buy milk")) == answer_of(first)
    assert overwrites_nothing(replica, lost) in deployed.run(LAST_WRITE)
