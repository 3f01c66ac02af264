"""The nginx of the documentation, `deploy/nginx/tasks-api.conf`, on ports of this machine."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

from tasks_api.dev.local_postgres.cluster import Programs
from tests.support.paths import ROOT
from tests.system.faults.companion import find, start
from tests.system.faults.ports import lasting_port

DOCUMENTED = ROOT / "deploy" / "nginx" / "tasks-api.conf"

# What Debian's own nginx.conf gives, but for paths that belong to root there.
_AROUND = """\
daemon off;
worker_processes 2;
pid nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{documented}
}}
"""
# As docs/operations.md has it.
_PATH = """\
    proxy_max_temp_file_size 0;
    server {{
        listen 127.0.0.1:{port};
        location /todo/ {{
            proxy_pass {service}/;
        }}
    }}
"""
_START_SECONDS = 60
_STOP_SECONDS = 10


class Nginx:
    """An nginx in front of the replicas on up to three ports, run by who runs PostgreSQL."""

    def __init__(self, folder: Path, programs: Programs, replicas: Sequence[int]) -> None:
        self.port = lasting_port()
        self._log = folder / "log"
        self._requests = folder / "requests"
        folder.mkdir()
        settings = folder / "nginx.conf"
        settings.write_text(_AROUND.format(documented=self._here(replicas)))
        self._process = start(
            programs,
            [program(), "-p", str(folder), "-c", str(settings), "-e", "stderr"],
            files=(folder, settings),
            folder=folder,
            log=self._log,
        )
        _wait_until_ready(self.port, self._process, self._log)

    @property
    def url(self) -> str:
        """Where the clients find the service."""
        return f"http://127.0.0.1:{self.port}"

    def passed_on(self) -> int:
        """Give the number of requests that a second replica was asked for."""
        lines = self._requests.read_text(encoding="utf-8").splitlines()
        return sum(", " in line.partition(" by ")[2] for line in lines)

    def close(self) -> None:
        """Stop it at once."""
        self._process.terminate()
        self._process.wait(_STOP_SECONDS)

    def _here(self, replicas: Sequence[int]) -> str:
        """Give the documented configuration with nothing changed in it but addresses and paths.

        Where there are fewer than three replicas, the places of the others are closed.
        """
        addresses = {
            f"server replica-{number}:8000 ": f"server 127.0.0.1:{port} " if port else "# "
            for number, port in zip_longest(range(1, 4), replicas)
        }
        changes = {
            **addresses,
            "listen 80;": f"listen {self.port};",
            "/var/log/nginx/tasks-api.log": str(self._requests),
        }
        text = DOCUMENTED.read_text(encoding="utf-8")
        for documented, here in changes.items():
            assert text.count(documented) == 1, documented
            text = text.replace(documented, here)
        return text


@contextmanager
def under_a_path(folder: Path, service: str) -> Iterator[str]:
    """Run an nginx that has the service under `/todo/`, and give the address of that."""
    port, log = lasting_port(), folder / "log"
    settings = folder / "nginx.conf"
    here = _PATH.format(port=port, service=service)
    settings.write_text(_AROUND.format(documented=here), encoding="utf-8")
    command = [program(), "-p", str(folder), "-c", str(settings), "-e", "stderr"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait_until_ready(port, process, log)
        yield f"http://127.0.0.1:{port}/todo"
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    message = f"nginx did not start in {_START_SECONDS} s: {log.read_text()}"
    raise RuntimeError(message)


def program() -> str:
    """Return the path of nginx. Raises FileNotFoundError."""
    return find("nginx", "nginx-light")
