"""Programs that stand between the service and somebody else: nginx, PgBouncer."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tasks_api.local_postgres.programs import ENVIRONMENT, Programs


def start(
    programs: Programs, command: Sequence[str], *, files: Sequence[Path], folder: Path, log: Path
) -> subprocess.Popen[bytes]:
    """Start a command in a folder, as who runs PostgreSQL, and with the files given to them."""
    for each in files:
        os.chown(each, programs.uid, programs.gid)
    with log.open("wb") as output:
        return subprocess.Popen(
            [*programs.prefix, *command],
            cwd=folder,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
