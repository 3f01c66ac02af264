"""What runs generators, compilers and clients: Node.js, a JDK, Go, and the locked packages."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.paths import ROOT

FOLDER = Path(__file__).resolve().parent
VENV = ROOT / ".venv-clients"
CONTRACT = ROOT / "openapi" / "tasks.yaml"
JAVA_ANNOTATIONS = Path("/usr/share/java/jakarta-annotation-api.jar")
"""Of Debian's libjakarta-annotation-api-java; Jackson is inside the generator itself."""

_QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of Java for a process that ends soon."""


class Outcome(NamedTuple):
    """How a program has ended, and what it has printed."""

    status: int
    output: str


@cache
def node(folder: Path = FOLDER) -> str:
    """Return the path of Node.js, with the packages of a folder installed."""
    script = [str(ROOT / "scripts" / "npm-ci.sh"), str(folder), sys.executable]
    # Two workers of a first run must not install at the same time.
    with (Path(sys.prefix) / "npm-ci.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = subprocess.run(script, capture_output=True, text=True, timeout=600, check=False)
    if outcome.returncode:
        pytest.fail(outcome.stderr.strip(), pytrace=False)
    return outcome.stdout.strip()


@cache
def java(program: str = "java") -> str:
    """Return the path of a program of the JDK."""
    found = shutil.which(program)
    if found is None or not JAVA_ANNOTATIONS.exists():
        pytest.fail(
            "A JDK and its annotations are needed: on Debian, "
            "apt install default-jdk-headless libjakarta-annotation-api-java",
            pytrace=False,
        )
    return found


@cache
def generator() -> Path:
    """Return the path of openapi-generator's one file, which is also a library of its clients."""
    (jar,) = VENV.glob("lib/python*/site-packages/openapi_generator_cli/openapi-generator.jar")
    return jar


def openapi_generator(*arguments: str) -> list[str]:
    """Return the command that runs openapi-generator."""
    return [java(), *_QUICK, "-jar", str(generator()), *arguments]


def npm(program: str, *arguments: str) -> list[str]:
    """Return the command that runs a program of a package of npm."""
    return [node(), str(FOLDER / "node_modules" / ".bin" / program), *arguments]


def venv(program: str, *arguments: str) -> list[str]:
    """Return the command that runs a program of a package of PyPI."""
    return [str(VENV / "bin" / program), *arguments]


def run(folder: Path, command: Sequence[str], **variables: str) -> Outcome:
    """Run a program in a folder until it ends."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        # No generator and no compiler has a reason to fetch anything.
        env={**os.environ, "PATH": path, "GOPROXY": "off", "NO_COLOR": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,  # The first time, Go compiles its standard library.
        check=False,
    )
    return Outcome(done.returncode, done.stdout)
