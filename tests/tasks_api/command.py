"""The command line, run as a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.service import environment


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tasks_api` to its end, with these settings and no others."""
    return subprocess.run(
        [sys.executable, "-m", "tasks_api", *arguments],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
