"""What the process keeps in memory, and what it looks at again and again."""

import re
import signal
import time
from pathlib import Path

import httpx

from tests.api import Api, SignIn
from tests.database import query
from tests.service import NO_TLS, Service, running_service

# Says, when it gets SIGUSR1, how many objects the collector has to look at, and passes over.
TELLING = """
import gc, signal

def tell(*_):
    print("objects", len(gc.get_objects()), gc.get_freeze_count(), flush=True)

signal.signal(signal.SIGUSR1, tell)

from tasks_api.__main__ import main

main()
"""
MIB = 2**20


def objects_of(service: Service) -> tuple[int, int]:
    """Ask a service that is `TELLING`."""
    service.process.send_signal(signal.SIGUSR1)
    give_up = time.monotonic() + 5
    while time.monotonic() < give_up:
        httpx.get(f"{service.url}/livez", verify=NO_TLS)
        told = re.search(r"^objects (\d+) (\d+)$", service.log.read_text(), re.MULTILINE)
        if told:
            return int(told[1]), int(told[2])
    raise AssertionError(service.log.read_text())


def resident_bytes(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text(encoding="ascii")
    (kibibytes,) = re.findall(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes) * 1024


def test_what_lasts_as_long_as_the_process_is_passed_over(
    tmp_path: Path, database_url: str
) -> None:
    with running_service(tmp_path, database_url, program=("-c", TELLING, "serve")) as service:
        to_look_at, passed_over = objects_of(service)

    assert passed_over > 50_000
    assert to_look_at < passed_over / 10


def test_long_lists_leave_little_behind(tmp_path: Path, database_url: str, sign_in: SignIn) -> None:
    with running_service(tmp_path, database_url) as service:
        api: Api = sign_in(url=service.url)
        api.created()
        before = resident_bytes(service)
        query(
            database_url,
            "INSERT INTO tasks (user_id, title, description) "
            "SELECT user_id, title, repeat('x', 1000) FROM tasks, generate_series(1, 10000)",
        )

        headers = {"Authorization": f"Bearer {api.token}"}
        with httpx.Client(base_url=service.url, headers=headers, verify=NO_TLS) as client:
            sizes = {len(client.get("/api/tasks").content) for _ in range(12)}
        after = resident_bytes(service)

    assert min(sizes) > 10 * MIB
    # The buffer of the connection that they came by, and nothing for each of the ten threads.
    assert after - before < 40 * MIB
