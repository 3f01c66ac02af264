"""Containers of the image without a Docker engine.

What `docker run --read-only --security-opt no-new-privileges` would do: a process sees the file
system of the image as its root, cannot write to it, is the first of its PID namespace, and has the
image's user, folder and environment. The network is the machine's. It takes root.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import psutil

from tests.support.paths import ROOT

BUILT = ROOT / "build" / "image"
"""Where `make image` puts it."""

ROOT_FILE_SYSTEM = BUILT / "rootfs"
INSTALLED = ROOT_FILE_SYSTEM / "opt" / "tasks-api"
"""All that the image has above its base."""

_UNSHARED = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c")
_ENTER = """
set -e
root=$0 user=$1
shift
mount --bind "$root" "$root"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
exec chroot --userspec="$user" "$root" setpriv --no-new-privs env --ignore-environment "$@"
"""


def settings() -> dict[str, Any]:
    """Return what the image says of itself: `User`, `Env`, `Entrypoint`, `Labels` and so on."""
    described = json.loads((BUILT / "inspect.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = described["Docker"]["config"]
    return found


def start(
    command: Sequence[str], environment: Mapping[str, str], **options: Any
) -> subprocess.Popen[str]:
    """Start a command in a new container, with these variables besides the image's own."""
    image = settings()
    variables = [*image["Env"], *(f"{name}={value}" for name, value in environment.items())]
    return subprocess.Popen(
        [
            *(*_UNSHARED, _ENTER, str(ROOT_FILE_SYSTEM), image["User"]),
            *(f"--chdir={image['WorkingDir']}", *variables, *command),
        ],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end in a new container; return its status and what it printed."""
    with start(command, environment) as process:
        printed, _ = process.communicate(timeout=60)
    return process.returncode, printed


def tasks_api(*arguments: str) -> list[str]:
    """Return the command of `docker run tasks-api …`: with no arguments, what the image names."""
    image = settings()
    return [*image["Entrypoint"], *(arguments or image["Cmd"])]


def first_process(container: subprocess.Popen[str]) -> psutil.Process:
    """Return the one to which `docker stop` sends its signal."""
    (first,) = psutil.Process(container.pid).children()
    return first


def kill(container: subprocess.Popen[str]) -> None:
    """End a container at once, if it runs."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(container.pid).children():
            process.kill()
