"""The Docker engine, as an operator uses it: commands in a checkout of their own."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

SECONDS = 300
"""For one command. The first one builds, and the machine may be busy."""

_STEP_SECONDS = 0.05


def docker(*arguments: str) -> str:
    """Run a command of Docker; return what it printed."""
    return run(ROOT, "docker", *arguments)


def inspected(container: str) -> dict[str, Any]:
    """Return what Docker knows of a container."""
    found: dict[str, Any] = json.loads(docker("inspect", container))[0]
    return found


def address_of(container: str) -> str:
    """Return the address of a container in the first of its networks, without a proxy between."""
    networks = inspected(container)["NetworkSettings"]["Networks"]
    found: str = networks[min(networks, key=lambda name: not name.endswith("default"))]["IPAddress"]
    return found


def run(folder: Path, *command: str) -> str:
    """Run a command in a folder; return what it printed. What fails tells what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}"
    return done.stdout


def pasted(folder: Path, line: str) -> str:
    """Run a line of a document in a folder, as it is written; return what it printed."""
    return run(folder, "bash", "-c", line)


def check_out(folder: Path) -> Path:
    """Copy to a folder what a clone of this checkout would have, and nothing of this machine."""
    listed = run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard")
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def lines_of(text: str, after: str) -> list[str]:
    """Return the lines of the first indented block after some words of a document."""
    rest = text.partition(after)[2]
    assert rest, f"nothing follows {after!r}"
    block = re.search(r"(?:^#?(?: {3,}).+\n)+", rest, re.MULTILINE)
    assert block is not None
    return [line.lstrip("# ").rstrip() for line in block[0].splitlines()]


def findings(printed: str) -> set[tuple[str, str]]:
    """Return the severity and the name of each check that `tasks-api check` reports."""
    return set(re.findall(r"^([A-Z]+) +([a-z-]+):", printed, re.MULTILINE))


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> float:
    """Wait until something is so; return the seconds that it took."""
    began = time.monotonic()
    while not condition():
        waited = time.monotonic() - began
        assert waited < seconds, f"{what}: not within {waited:.0f} s"
        time.sleep(_STEP_SECONDS)
    return time.monotonic() - began


def succeeds(*arguments: str) -> bool:
    """Tell whether a command of Docker ends with status 0."""
    return subprocess.run(("docker", *arguments), capture_output=True, check=False).returncode == 0


def answers() -> bool:
    """Tell whether there is an engine, with Compose."""
    return bool(shutil.which("docker")) and succeeds("info") and succeeds("compose", "version")


def needs_stand_ins() -> bool:
    """Tell whether the engine has no registry: see scripts/docker-engine.sh."""
    return "STAND_INS" in os.environ
