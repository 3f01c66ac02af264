"""The fault of a full disk: the tables lie on a small one in memory, and the rest is taken."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOSPC
from pathlib import Path

from tasks_api.dev.local_postgres.cluster import Programs
from tests.system.faults.postgres import ROLE, Postgres
from tests.system.faults.stage import NotPossible, Span, Stage, felt

_MEGABYTES = 48
_FILLER = "filler"


@contextmanager
def mounted(folder: Path, megabytes: int, programs: Programs) -> Iterator[None]:
    """Have a small disk in memory at `folder`. Raises NotPossible where mounting is."""
    folder.mkdir()
    options = f"size={megabytes}m,uid={programs.uid},gid={programs.gid},mode=0700"
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        reason = done.stderr.strip().rstrip(".").splitlines()[0]
        message = f"not possible on this machine: {reason}"
        raise NotPossible(message)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def small_disk(postgres: Postgres) -> Iterator[None]:
    """Have the tables on a disk that is soon full. Raises NotPossible where mounting is."""
    folder = _folder(postgres)
    with mounted(folder, _MEGABYTES, postgres.cluster.programs):
        postgres.ask(f"CREATE TABLESPACE small LOCATION '{folder}'")
        _move(postgres, "pg_default", "small")
        yield
        _move(postgres, "small", "pg_default")
        postgres.ask("DROP TABLESPACE small")


def full(stage: Stage) -> Span:
    """Fill the disk for three seconds."""
    began = time.monotonic()
    filler = _folder(stage.postgres) / _FILLER
    try:
        fill(filler)
        time.sleep(3)
        log = stage.postgres.cluster.log.read_text(errors="replace")
        felt("PostgreSQL found room on the disk", happened="No space left on device" in log)
    finally:
        filler.unlink()
    return Span(began, time.monotonic())


def _folder(postgres: Postgres) -> Path:
    return postgres.cluster.folder / "disk"


def _move(postgres: Postgres, origin: str, target: str) -> None:
    for kind in ("TABLE", "INDEX"):
        everything = f"ALTER {kind} ALL IN TABLESPACE {origin} OWNED BY {ROLE}"
        postgres.ask(f"{everything} SET TABLESPACE {target}")


def fill(filler: Path) -> None:
    """Take the room that is left on a disk with one file."""
    file = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(file, bytes(4096))
    except OSError as error:
        if error.errno != ENOSPC:
            raise
    finally:
        os.close(file)
