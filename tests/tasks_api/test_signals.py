"""Signals during the imports, and a way out that waits for nothing."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.service import SECRET, environment, free_port, running_service
from tests.tasks_api.stopping import ended, stop

# What pip writes into `bin/tasks-api`.
SCRIPT = ("-c", "import sys; from tasks_api.__main__ import main; sys.exit(main())")
WAYS_IN = {"script": SCRIPT, "module": ("-m", "tasks_api")}

# In a user namespace of its own, so that an ordinary user may do it as well.
AS_THE_FIRST_PROCESS = (
    *("unshare", "--user", "--map-root-user"),
    *("--pid", "--fork", "--kill-child", "--mount-proc"),
)
MAY_BE_THE_FIRST = (
    sys.platform == "linux"
    and subprocess.run([*AS_THE_FIRST_PROCESS, "true"], check=False, capture_output=True).returncode
    == 0
)
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


def importing(*command: str, folder: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a command; return it, and the id of its Python, as soon as that imports libraries."""
    settings = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "BETTER_AUTH_SECRET": SECRET}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(PORT=str(free_port()), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    pid = process.pid
    give_up = time.monotonic() + 20
    while "sqlalchemy" not in Path(f"/proc/{pid}/maps").read_text():
        assert time.monotonic() < give_up
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        pid = int(children[0]) if children else pid
        time.sleep(0.005)
    return process, pid


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=20)
    return process.returncode, output


@pytest.mark.skipif(sys.platform != "linux", reason="what is imported is seen in /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", ["serve", "dev"])
@pytest.mark.parametrize("way_in", WAYS_IN.values(), ids=WAYS_IN)
def test_a_signal_during_the_imports_is_a_clean_stop(
    tmp_path: Path, way_in: tuple[str, str], command: str, number: signal.Signals
) -> None:
    process, _ = importing(sys.executable, *way_in, command, folder=tmp_path)

    process.send_signal(number)

    assert outcome(process) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="what is imported is seen in /proc")
def test_ctrl_c_ends_another_command_without_a_traceback(tmp_path: Path) -> None:
    process, _ = importing(sys.executable, *SCRIPT, "token", folder=tmp_path)

    process.send_signal(signal.SIGINT)

    assert outcome(process) == (130, "")


@pytest.mark.skipif(not MAY_BE_THE_FIRST, reason="no process namespace of our own")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_process_of_a_container_hears_it_as_well(
    tmp_path: Path, number: signal.Signals
) -> None:
    command = (*AS_THE_FIRST_PROCESS, sys.executable, *SCRIPT, "serve")
    process, pid = importing(*command, folder=tmp_path)

    begun = time.monotonic()
    subprocess.run(["kill", f"-{number}", str(pid)], check=True)

    assert outcome(process) == (0, "")
    assert time.monotonic() - begun < 2


def test_what_holds_pythons_own_way_out_does_not_hold_it(tmp_path: Path, database_url: str) -> None:
    with running_service(tmp_path, database_url, program=SLOW_TO_LEAVE) as service:
        begun = time.monotonic()
        stop(service)
        code, seconds = ended(service, begun)

    assert code == 0
    assert seconds < 3
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
        timeout=20,
        check=False,
    )

    assert process.returncode == 3
    assert b"Application startup failed" in process.stdout
