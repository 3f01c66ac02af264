"""A full disk: what takes the room is found, and freed without touching a file of the database.

What the service does while there is no room for tables, `make faults` shows under load.
"""

import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tasks_api.dev.local_postgres.cluster import programs_for
from tests.support.api import Api, new_user
from tests.support.database import query
from tests.support.service import running_service
from tests.system.faults.disk import fill, mounted
from tests.system.faults.postgres import Postgres
from tests.system.faults.stage import NotPossible, wait_until
from tests.system.runbooks.shell import Shell, commands

WHAT_TAKES_THE_ROOM, DROP_THE_SLOT = commands("Full disk")

SLOT = "abandoned"
SEGMENTS = 3
SEGMENT_MEGABYTES = 16
DISK_MEGABYTES = 130
SECONDS = 30.0

OLDEST_WAL = "SELECT min(name) FROM pg_ls_waldir()"
WRITE_WAL = "SELECT pg_logical_emit_message(false, 'x', repeat('x', 1000000))"


@pytest.fixture
def abandoned(shell: Shell, postgres: str) -> Iterator[Shell]:
    """Give the shell of an operator whose server keeps WAL for a standby that is gone."""
    query(postgres, f"SELECT pg_create_physical_replication_slot('{SLOT}', true)")
    for _ in range(SEGMENTS):
        query(postgres, "CREATE TABLE bulk (); DROP TABLE bulk; SELECT pg_switch_wal()")
    shell.variables["PRIMARY_URL"] = postgres
    shell.variables["SLOT"] = SLOT
    yield shell
    query(postgres, "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Iterator[Postgres]:
    """Give a PostgreSQL whose data and WAL have little room."""
    tmp_path.chmod(0o755)
    disk = tmp_path / "disk"
    try:
        with mounted(disk, DISK_MEGABYTES, programs_for(tmp_path, disk)):
            postgres = Postgres(disk / "postgres")
            yield postgres
            postgres.close()
    except NotPossible as reason:
        pytest.fail(str(reason))


def test_wal_that_is_kept_for_a_standby_that_is_gone_is_found_and_removed(
    abandoned: Shell, postgres: str
) -> None:
    query(postgres, "CHECKPOINT")
    ((before,),) = query(postgres, OLDEST_WAL)

    found = abandoned.run(WHAT_TAKES_THE_ROOM)
    abandoned.run(DROP_THE_SLOT)

    (slot,) = [line.split("|") for line in found.splitlines() if SLOT in line]
    assert slot[1].strip() == "f"
    assert int(slot[2].split()[0]) >= (SEGMENTS - 1) * SEGMENT_MEGABYTES
    ((after,),) = query(postgres, OLDEST_WAL)
    assert after > before
    assert SLOT not in abandoned.run(WHAT_TAKES_THE_ROOM)


@pytest.mark.databases  # Where root runs the tests, as to mount a disk takes.
def test_without_room_for_wal_postgresql_stops_and_has_every_task_when_there_is_room_again(
    on_a_small_disk: Postgres, tmp_path: Path
) -> None:
    filler = on_a_small_disk.cluster.folder.parent / "filler"

    with (
        running_service(tmp_path, on_a_small_disk.url) as service,
        Api(service.url, new_user()) as api,
    ):
        acknowledged = [api.created()["id"]]
        fill(filler)
        while (answer := api.create(title="x", description="x" * 60_000)).status_code == 201:
            acknowledged.append(answer.json()["data"]["id"])
        while_tables_have_no_room = answer.status_code, api.list().status_code
        with pytest.raises(psycopg2.OperationalError):
            while True:
                on_a_small_disk.ask(WRITE_WAL)
        stopped = api.list().status_code
        filler.unlink()
        on_a_small_disk.stop(signal.SIGQUIT)
        on_a_small_disk.start()
        assert wait_until(lambda: api.list().status_code == 200, SECONDS)
        left = [task["id"] for task in api.list().json()["data"]]

    assert while_tables_have_no_room == (503, 200)
    assert stopped == 503
    assert left == acknowledged[::-1]
