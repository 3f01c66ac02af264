"""Fail over from a primary to its standby, and what of the acknowledged writes is lost."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from persistence.migrate import migrate
from tasks_api.dev.local_postgres.cluster import Cluster
from tasks_api.dev.local_postgres.server import start as start_postgres
from tasks_api.dev.local_postgres.server import stop, wait_until_ready
from tests.support.api import error_of
from tests.support.database import query
from tests.support.service import AUDIENCE, SECRET
from tests.system.faults.ports import lasting_port
from tests.system.faults.stage import wait_until
from tests.system.runbooks.conftest import Start
from tests.system.runbooks.shell import Shell, commands

BASE_BACKUP, WAIT_FOR_A_STANDBY, WAIT_FOR_NONE, PROMOTE, IS_STANDBY = commands("Fail over")

KEY = {"Idempotency-Key": "waits"}
SECONDS = 30.0

# A standby that is created later has this setting of the primary.
AS_ON_THE_PRIMARY = "ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'"


class Machine:
    """A server of PostgreSQL, whose disk need not survive a crash of this machine."""

    def __init__(self, folder: Path) -> None:
        self.cluster = Cluster(folder)
        self.port = lasting_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of the database for a superuser."""
        return f"postgresql://postgres:{self.cluster.password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = start_postgres(self.cluster, self.port, fsync=True)
        wait_until_ready(self.cluster, self._process, self.url)

    def crash(self) -> None:
        """End it without a shutdown."""
        assert self._process is not None
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait()

    def close(self) -> None:
        """Stop it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            stop(self._process.pid)
            self._process.wait()

    def ask(self, *statements: str) -> Sequence[tuple[Any, ...]]:
        """Run statements as the superuser, each in a transaction; return the rows of the last."""
        return [query(self.url, statement) for statement in statements][-1]

    def is_followed(self) -> bool:
        """Return whether a standby receives what this server writes."""
        found = self.ask("SELECT pid FROM pg_stat_replication WHERE state = 'streaming'")
        return bool(found)


class Pair:
    """A primary with a migrated database, its standby, and the shell of their operator."""

    def __init__(self, folder: Path, cleanup: ExitStack) -> None:
        folder.chmod(0o755)
        homes = [folder / "primary", folder / "standby"]
        for home in homes:
            home.mkdir()
        self.primary, self.standby = map(Machine, homes)
        for machine in (self.primary, self.standby):
            cleanup.callback(machine.close)
        self._start_primary()
        hosts = ",".join(f"127.0.0.1:{machine.port}" for machine in (self.primary, self.standby))
        login = f"postgres:{self.primary.cluster.password}"
        self.shell = Shell(
            folder,
            DATABASE_URL=f"postgresql://{login}@{hosts}/postgres?target_session_attrs=read-write",
            PRIMARY_URL=self.primary.url,
            STANDBY_URL=self.standby_url,
            STANDBY_DATA=str(self.standby.cluster.data),
            BETTER_AUTH_SECRET=SECRET,
            JWT_AUDIENCE=AUDIENCE,
            REQUEST_TIMEOUT="2",
        )
        self._start_standby()

    @property
    def standby_url(self) -> str:
        """The URL of the standby, which has the passwords of the primary."""
        return self.primary.url.replace(f":{self.primary.port}/", f":{self.standby.port}/")

    def _start_primary(self) -> None:
        self.primary.cluster.prepare(fsync=False)
        with (self.primary.cluster.data / "postgresql.conf").open("a") as settings:
            settings.write("fsync = off\n")
        self.primary.start()
        migrate(self.primary.url)

    def _start_standby(self) -> None:
        self.shell.run(BASE_BACKUP)
        home, programs = self.standby.cluster.folder, self.standby.cluster.programs
        shutil.copy(self.primary.cluster.folder / "password", home)
        for path in (home, *home.rglob("*")):
            os.chown(path, programs.uid, programs.gid)
        self.standby.start()
        assert wait_until(self.primary.is_followed, SECONDS)

    def cut(self) -> None:
        """Have the standby receive nothing more, as when the network between them is broken."""
        self.standby.ask("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
        assert wait_until(lambda: not self.primary.is_followed(), SECONDS)

    def promote(self) -> None:
        """Crash the primary, and follow the runbook."""
        self.primary.crash()
        self.shell.run(PROMOTE)
        assert self.shell.run(IS_STANDBY) == "f\n"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Give a primary and a standby."""
    with ExitStack() as cleanup:
        yield Pair(tmp_path, cleanup)


def test_no_acknowledged_write_is_lost_if_it_waits_for_a_standby(pair: Pair, start: Start) -> None:
    pair.shell.run(WAIT_FOR_A_STANDBY)
    pair.standby.ask(AS_ON_THE_PRIMARY, "SELECT pg_reload_conf()")
    replica = start(pair.shell)

    with replica.under_load("alice") as load:
        pair.promote()
    with replica.api("alice") as alice:
        alice.created()

    stored = {title for (title,) in pair.standby.ask("SELECT title FROM tasks")}
    assert load.acknowledged
    assert set(load.acknowledged) <= stored
    assert [failure for failure in load.failures if ": 503 " not in failure] == []
    assert replica.is_ready()


def test_what_the_standby_has_not_received_is_refused_or_lost(pair: Pair, start: Start) -> None:
    pair.shell.run(WAIT_FOR_A_STANDBY)
    replica = start(pair.shell)

    with replica.api("alice") as alice:
        both = alice.created(title="On both")
        pair.cut()
        refused, read = alice.create(KEY, title="Waits"), alice.get(both["id"])
        pair.shell.run(WAIT_FOR_NONE)
        carried_out = alice.create(KEY, title="Waits")
        acknowledged = alice.create(title="On the primary alone")
        pair.promote()
        assert wait_until(replica.is_ready, SECONDS)
        left = [task["title"] for task in alice.list().json()["data"]]

    assert error_of(refused)[0] == 503
    assert read.status_code == 200
    assert carried_out.headers["Idempotency-Replayed"] == "true"
    assert acknowledged.status_code == 201
    assert left == ["On both"]
