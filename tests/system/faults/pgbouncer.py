"""A PgBouncer, as a deployer would set it up."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
from sqlalchemy import make_url

from tasks_api.dev.local_postgres.cluster import Programs
from tests.support.database import query
from tests.system.faults.companion import find, start
from tests.system.faults.ports import lasting_port

# PgBouncer's own defaults are good for the rest. After a failed login it would refuse everybody
# for 15 seconds (server_login_retry), and let a connection or a query wait for 15 and 120.
SETTINGS = """\
[databases]
{database} = host=127.0.0.1 port={postgres} dbname={database}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
admin_users = {role}
pool_mode = {mode}
default_pool_size = {pool}
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 3
"""

POOL_SIZE = 10
MODE = "transaction"
_START_SECONDS = 60


class PgBouncer:
    """A PgBouncer in front of the database at a URL, run by who runs that.

    By default, it is the one that is installed, in transaction mode.
    """

    def __init__(
        self,
        folder: Path,
        programs: Programs,
        url: str,
        *,
        command: str | None = None,
        mode: str = MODE,
    ) -> None:
        self.port = lasting_port()
        self._database = make_url(url)
        folder.mkdir()
        users = folder / "users.txt"
        users.write_text(f'"{self._database.username}" "{self._database.password}"\n')
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(
                database=self._database.database,
                postgres=self._database.port,
                port=self.port,
                users=users,
                role=self._database.username,
                pool=POOL_SIZE,
                mode=mode,
            )
        )
        self._log = folder / "log"
        self._process = start(
            programs,
            [command or program(), str(settings)],
            files=(folder, users, settings),
            folder=Path("/"),
            log=self._log,
        )
        self._wait_until_ready()

    @property
    def url(self) -> str:
        """What the service gets as DATABASE_URL."""
        return self._url_of(self._database.database)

    def clients(self) -> int:
        """Give the number of connections to the database that PgBouncer's clients have."""
        return sum(row[2] == self._database.database for row in self._ask("SHOW CLIENTS"))

    def close(self) -> None:
        """Stop it at once."""
        self._process.terminate()
        self._process.wait(10)

    def _ask(self, command: str) -> Sequence[tuple[Any, ...]]:
        return query(self._url_of("pgbouncer"), command)

    def _url_of(self, database: str | None) -> str:
        url = self._database.set(port=self.port, database=database)
        return url.render_as_string(hide_password=False)

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._ask("SHOW VERSION")
            except psycopg2.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > give_up:
                    message = (
                        f"PgBouncer did not start in {_START_SECONDS} s: {self._log.read_text()}"
                    )
                    raise RuntimeError(message) from error
                time.sleep(0.05)
            else:
                return


def program() -> str:
    """Return the path of PgBouncer. Raises FileNotFoundError."""
    return find("pgbouncer", "pgbouncer")


def version() -> str:
    """Return the version of PgBouncer."""
    told = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True)
    return told.stdout.split()[1]
