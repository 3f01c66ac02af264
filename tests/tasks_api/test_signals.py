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


def importing(*command: str, folder: Path) -> subprocess.Popen[str]:
    """Start a command; return as soon as it imports libraries."""
    settings = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "BETTER_AUTH_SECRET": SECRET}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(PORT=str(free_port()), **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    give_up = time.monotonic() + 20
    while "sqlalchemy" not in Path(f"/proc/{process.pid}/maps").read_text():
        assert time.monotonic() < give_up
        time.sleep(0.005)
    return process


def status_of(pid: int) -> dict[str, str]:
    """Read what Linux tells of a process, by name."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def outcome(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=20)
    return process.returncode, output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("command", ["serve", "dev"])
@pytest.mark.parametrize("way_in", WAYS_IN.values(), ids=WAYS_IN)
def test_a_signal_during_the_imports_is_a_clean_stop(
    tmp_path: Path, way_in: tuple[str, str], command: str, number: signal.Signals
) -> None:
    process = importing(sys.executable, *way_in, command, folder=tmp_path)

    process.send_signal(number)

    assert outcome(process) == (0, "")


def test_ctrl_c_ends_another_command_without_a_traceback(tmp_path: Path) -> None:
    process = importing(sys.executable, *SCRIPT, "token", folder=tmp_path)

    process.send_signal(signal.SIGINT)

    assert outcome(process) == (130, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_process_of_a_container_hears_it_as_well(
    tmp_path: Path, number: signal.Signals
) -> None:
    """Linux gives that process only the signals that it catches (pid_namespaces(7))."""
    process = importing(sys.executable, *SCRIPT, "serve", folder=tmp_path)

    caught = int(status_of(process.pid)["SigCgt"], 16)
    process.kill()

    assert outcome(process) == (-signal.SIGKILL, "")
    assert caught & 1 << number - 1


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
