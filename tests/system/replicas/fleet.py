"""Three replicas behind nginx, on one PostgreSQL behind one PgBouncer."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.service import environment
from tests.system.faults.audit import ROWS, Audit, audit
from tests.system.faults.journal import Answer
from tests.system.faults.load import Load
from tests.system.faults.pgbouncer import PgBouncer
from tests.system.faults.postgres import Postgres
from tests.system.faults.server import Server
from tests.system.replicas.nginx import Nginx

_REPLICAS = 3
_MIGRATION_SECONDS = 30


class Fleet:
    """All of it. The processes are started when it is made, and ended by `close`."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)  # PostgreSQL, PgBouncer and nginx run as another user.
        self._cleanup = ExitStack()
        with ExitStack() as cleanup:
            self.postgres = Postgres(folder / "postgres")
            cleanup.callback(self.postgres.close)
            programs = self.postgres.cluster.programs
            pgbouncer = PgBouncer(folder / "pgbouncer", programs, self.postgres.url)
            cleanup.callback(pgbouncer.close)
            self.replicas: list[Server] = []
            for number in range(_REPLICAS):
                home = folder / f"replica-{number}"
                home.mkdir()
                self.replicas.append(Server(home, pgbouncer.url))
                cleanup.callback(self.replicas[-1].close)
            ports = [replica.port for replica in self.replicas]
            self.nginx = Nginx(folder / "nginx", programs, ports)
            cleanup.callback(self.nginx.close)
            self._cleanup = cleanup.pop_all()

    def close(self) -> None:
        """End every process."""
        self._cleanup.close()

    @contextmanager
    def under_load(self, name: str, mix: Mapping[str, int]) -> Iterator[Load]:
        """Send requests to nginx for the time of a block, from sixteen users at once."""
        load = Load(self.nginx.port, name, mix)
        try:
            load.start()
            yield load
            load.stop()
        finally:
            load.close()

    def audit(self, load: Load) -> Audit:
        """Hold what the database has of the users of a load against what they were answered."""
        ours = {ledger.user_id for ledger in load.ledgers}
        return audit([row for row in self.postgres.ask(ROWS) if row[0] in ours], load.ledgers)

    def migrate(self, code: Path) -> None:
        """Run `tasks-api migrate` of the version in a folder, by the direct URL."""
        subprocess.run(
            [sys.executable, "-m", "tasks_api", "migrate"],
            env=environment(DATABASE_URL=self.postgres.url, PYTHONPATH=str(code)),
            cwd=code,
            timeout=_MIGRATION_SECONDS,
            check=True,
        )


def failures_of(load: Load) -> list[Answer]:
    """Give the answers that were no success, and the requests without an answer."""
    return [a for a in (*load.journal.answers, *load.health.answers) if not a.succeeded]
