"""The files of one PostgreSQL: data, password, log."""

import os
import re
import secrets
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

from tasks_api.dev.local_postgres.errors import LocalPostgresError
from tasks_api.dev.local_postgres.programs import ENVIRONMENT, programs_for

_DRAFT = "incomplete-"
_PATIENCE_SECONDS = 120


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
