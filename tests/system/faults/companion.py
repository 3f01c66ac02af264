"""Programs that stand between the service and somebody else: nginx, PgBouncer."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tasks_api.dev.local_postgres.cluster import ENVIRONMENT, Programs


def find(name: str, package: str) -> str:
    """Return the path of a program; Debian puts these where ordinary users' PATH does not lead.

    Raises FileNotFoundError, which names the package.
    """
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        message = f"{name} is not installed: on Debian, apt install {package}"
        raise FileNotFoundError(message)
    return found


def start(  # noqa: PLR0913 -- as many as a process has
    programs: Programs,
    command: Sequence[str],
    *,
    files: Sequence[Path],
    folder: Path,
    log: Path,
    variables: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command in a folder, as who runs PostgreSQL, and with the files given to them."""
    for each in files:
        os.chown(each, programs.uid, programs.gid)
    with log.open("wb") as output:
        return subprocess.Popen(
            [*programs.prefix, *command],
            cwd=folder,
            env={**ENVIRONMENT, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
