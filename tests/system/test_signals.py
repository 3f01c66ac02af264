"""The exit: it waits for nothing, and keeps the status of a failure."""

import subprocess
import sys
import time
from pathlib import Path

from tests.support.service import SECRET, environment, free_port, running_service
from tests.support.stopping import ended, stop

SLOW_TO_LEAVE = (
    "-c",
    """
import atexit, time
from runpy import run_module
atexit.register(time.sleep, 30)
run_module("tasks_api", run_name="__main__")
""",
    "serve",
)


def test_what_holds_pythons_own_way_out_does_not_hold_it(tmp_path: Path, database_url: str) -> None:
    with running_service(tmp_path, database_url, program=SLOW_TO_LEAVE) as service:
        begun = time.monotonic()
        stop(service)
        code, seconds = ended(service, begun)

    assert code == 0
    assert seconds < 20
    assert '"event":"stopped"' in service.log.read_text()


def test_a_failure_keeps_its_status(tmp_path: Path) -> None:
    fails = "import tasks_api.app as app\napp.create_app = lambda _: None\n"
    program = f"{fails}import sys\nfrom tasks_api.__main__ import main\nsys.exit(main())"
    settings = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "BETTER_AUTH_SECRET": SECRET}

    process = subprocess.run(
        [sys.executable, "-c", program, "serve"],
        cwd=tmp_path,
        env=environment(PORT=str(free_port()), **settings),
        capture_output=True,
        timeout=60,
        check=False,
    )

    assert process.returncode == 3
    assert b"Application startup failed" in process.stdout
