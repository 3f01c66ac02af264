"""The command line: run in this process, or as a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tests.support.service import environment

Command = Callable[..., Result]
"""Takes the arguments, and the settings by name."""


def run(*arguments: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m tasks_api` to its end, with these settings and no others."""
    return subprocess.run(
        [sys.executable, "-m", "tasks_api", *arguments],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def started(*arguments: str, folder: Path, **settings: str) -> subprocess.Popen[str]:
    """Start `python -m tasks_api`, with these settings and no others."""
    return subprocess.Popen(
        [sys.executable, "-m", "tasks_api", *arguments],
        cwd=folder,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
