"""What the garbage collector examines."""

import re
import signal
import time
from pathlib import Path

import httpx

from tests.support.service import NO_TLS, Service, running_service

# Says, when it gets SIGUSR1, how many objects the collector has to look at, and passes over.
TELLING = """
import gc, signal

def tell(*_):
    print("objects", len(gc.get_objects()), gc.get_freeze_count(), flush=True)

signal.signal(signal.SIGUSR1, tell)

from tasks_api.__main__ import main

main()
"""


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


def test_what_lasts_as_long_as_the_process_is_passed_over(
    tmp_path: Path, database_url: str
) -> None:
    with running_service(tmp_path, database_url, program=("-c", TELLING, "serve")) as service:
        to_look_at, passed_over = objects_of(service)

    assert passed_over > 50_000
    assert to_look_at < passed_over / 10
