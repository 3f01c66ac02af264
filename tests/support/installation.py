"""The wheel in a virtual environment, with what the image's lock file names and nothing else."""

import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.support.paths import ROOT
from tests.support.service import START_SECONDS, free_port


class Installation(NamedTuple):
    """A virtual environment with the wheel in it."""

    folder: Path
    packages: Path

    def run(self, name: str, *arguments: str, **settings: str) -> str:
        """Run a command in a folder that is not the checkout; return what it prints."""
        done = subprocess.run(
            [self.folder / "bin" / name, *arguments],
            cwd=self.folder,
            env=settings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def serving(self, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """Run `tasks-api serve` for the time of a block, and give its URL."""
        port = free_port()
        process = subprocess.Popen(
            [self.folder / "bin" / "tasks-api", "serve"],
            cwd=self.folder,
            env={**settings, "PORT": str(port)},
        )
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()
            process.wait()


def answer(url: str, process: subprocess.Popen[bytes]) -> httpx.Response:
    """Return the answer to a GET, as soon as the process listens."""
    started = time.monotonic()
    while True:
        try:
            return httpx.get(url, timeout=START_SECONDS)
        except httpx.ConnectError:
            assert process.poll() is None, "the service has ended"
            waited = time.monotonic() - started
            assert waited < START_SECONDS, f"the service did not listen within {waited:.0f} s"
            time.sleep(0.05)


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout, without the network."""
    _python("hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (wheel,) = folder.glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Installation:
    """Make a new environment in `folder`, and install the wheel without the network.

    What the wheel depends on is linked from this environment, package by package.
    """
    venv.create(folder, symlinks=True)
    options = ("--quiet", "--no-deps", "--no-index")
    _python("pip", "--python", str(folder), "install", *options, str(wheel))
    (packages,) = folder.glob("lib/python3*/site-packages")
    for package in _locked_packages():
        _lend(package, packages)
    return Installation(folder, packages)


def _python(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _locked_packages() -> Iterator[Distribution]:
    """Find those of the image's lock file that this system and this Python have."""
    lock = (ROOT / "requirements" / "image.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^([\w.-]+)==", lock, flags=re.MULTILINE):
        try:
            yield distribution(name)
        except PackageNotFoundError:
            continue


def _lend(package: Distribution, packages: Path) -> None:
    """Link the package's files and folders into another environment."""
    tops = {file.parts[0] for file in package.files or []}
    for top in tops - {"..", "__pycache__"}:
        if not (packages / top).exists():  # Several may share a folder, as `opentelemetry`.
            (packages / top).symlink_to(str(package.locate_file(top)))
