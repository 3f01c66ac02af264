"""What the garbage collector examines: a pause of it is a late answer for everybody."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.contestants import OURS
from bench.servers import environment, free_port, is_alive

# Says, when it gets SIGUSR1, how many objects the collector has to look at, and passes over.
_TELLING = """
import gc, signal

def tell(*_):
    print("objects", len(gc.get_objects()), gc.get_freeze_count(), flush=True)

signal.signal(signal.SIGUSR1, tell)

from tasks_api.__main__ import main

main()
"""
_SECONDS = 60.0
_PASSED_OVER = 50_000
_SHARE = 10


def too_much(database_url: str) -> list[str]:
    """Start this service, and say whether what lasts as long as the process is looked at again."""
    to_look_at, passed_over = _objects(database_url)
    if passed_over > _PASSED_OVER and to_look_at < passed_over / _SHARE:
        return []
    return [f"the garbage collector looks at {to_look_at} objects, and passes over {passed_over}"]


def _objects(database_url: str) -> tuple[int, int]:
    port = free_port()
    with TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = subprocess.Popen(
            [sys.executable, "-c", _TELLING, "serve"],
            cwd=folder,
            env=environment(OURS, database_url, port),
            stdout=output.open("wb"),
            stderr=subprocess.STDOUT,
        )
        try:
            return _told(process, port, output)
        finally:
            process.terminate()
            process.wait()


def _told(process: subprocess.Popen[bytes], port: int, output: Path) -> tuple[int, int]:
    give_up = time.monotonic() + _SECONDS
    is_asked = False
    while process.poll() is None and time.monotonic() < give_up:
        # A signal is seen to when Python runs, so it is given something to do.
        if is_alive(port) and not is_asked:
            process.send_signal(signal.SIGUSR1)
            is_asked = True
        told = re.search(r"^objects (\d+) (\d+)$", output.read_text(), re.MULTILINE)
        if told:
            return int(told[1]), int(told[2])
        time.sleep(0.05)
    message = f"The service did not tell within {_SECONDS:.0f} s:\n{output.read_text()}"
    raise RuntimeError(message)
