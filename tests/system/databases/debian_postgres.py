"""The PostgreSQL of Debian: older than that of the other tests, with TLS and languages."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from tasks_api.dev.local_postgres.cluster import ENVIRONMENT, Programs, programs_for
from tests.support.certificates import Authority
from tests.support.service import free_port
from tests.system.faults.companion import start

PASSWORD = "pa55word"
WITH_TLS_ONLY = "hostssl all all 127.0.0.1/32 scram-sha-256\n"
WITH_OR_WITHOUT = "host all all 127.0.0.1/32 scram-sha-256\n"
_START_SECONDS = 60


def programs(folder: Path) -> Programs:
    """Return Debian's newest PostgreSQL, run by an ordinary user. Raises FileNotFoundError."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda it: int(it.parent.name))
    if not found:
        message = "PostgreSQL's server is not installed: on Debian, apt install postgresql"
        raise FileNotFoundError(message)
    ours = programs_for(folder, folder / "data")
    return ours._replace(folder=found[-1], major_version=found[-1].parent.name)


@contextmanager
def debian_postgres(
    folder: Path,
    *,
    authority: Authority | None = None,
    variables: Mapping[str, str] | None = None,
    **settings: str,
) -> Iterator[str]:
    """Run a server with these settings, and give the URL of its database `postgres`.

    With an authority, it has a certificate of it, and takes no connection without TLS.
    """
    folder.chmod(0o755)
    server = programs(folder)
    os.chown(folder, server.uid, server.gid)
    environment = {**ENVIRONMENT, **(variables or {})}
    _initialise(folder, server, environment)
    given = {"port": str(free_port()), "listen_addresses": "127.0.0.1", **settings}
    given |= {"unix_socket_directories": "", "fsync": "off"}
    if authority is not None:
        given |= {"ssl": "on", **_certificate(folder, server, authority)}
    rules = WITH_TLS_ONLY if authority else WITH_OR_WITHOUT
    (folder / "data" / "pg_hba.conf").write_text(rules)
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    command = [str(server.folder / "postgres"), "-D", str(folder / "data"), *options]
    log = folder / "log"
    process = start(server, command, files=(), folder=folder, log=log, variables=variables)
    url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{given['port']}/postgres"
    try:
        _wait_until_ready(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _initialise(folder: Path, server: Programs, environment: Mapping[str, str]) -> None:
    password = folder / "password"
    password.write_text(PASSWORD)
    os.chown(password, server.uid, server.gid)
    options = ("--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256")
    subprocess.run(
        server.command("initdb", "-D", str(folder / "data"), "--encoding=UTF8", *options),
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
    )


def _certificate(folder: Path, server: Programs, authority: Authority) -> dict[str, str]:
    """Give the server what it shows; its key must be closed to all others."""
    file = folder / "server.pem"
    file.write_bytes(authority.server.read_bytes())
    file.chmod(0o600)
    os.chown(file, server.uid, server.gid)
    return {"ssl_cert_file": str(file), "ssl_key_file": str(file)}


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while True:
        try:
            psycopg2.connect(url, connect_timeout=3).close()
        except psycopg2.OperationalError as error:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(log.read_text(errors="replace")) from error
            time.sleep(0.05)
        else:
            return
