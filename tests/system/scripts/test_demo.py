"""`make demo` says in one line what it lacks, and takes other ports than those that are taken."""

import os
import re
import socket
import subprocess
import sys
import venv
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.support.paths import ROOT

NODE_IS_NEEDED = "Error: Node.js 20.9 or newer is needed: install it, or run `make lint` once.\n"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a Python beside which `make lint` has brought no Node.js."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    return folder / "bin" / "python"


def demo(python: Path, programs: Path) -> tuple[str, str]:
    """Start it with no other programs than these; return what it prints, and why it fails."""
    packages = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    ended = subprocess.run(
        [python, "-m", "scripts.frontend", "demo"],
        env={"PATH": str(programs), "PYTHONPATH": packages},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    return ended.stdout, ended.stderr


def put_node(folder: Path, version: str) -> None:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n", encoding="ascii")
    node.chmod(0o755)


def test_that_there_is_no_node(python: Path, tmp_path: Path) -> None:
    assert demo(python, tmp_path) == ("", NODE_IS_NEEDED)


@pytest.mark.parametrize("version", ["v18.20.8", "v20.8.1"])
def test_that_node_is_too_old(python: Path, tmp_path: Path, version: str) -> None:
    put_node(tmp_path, version)

    assert demo(python, tmp_path) == ("", NODE_IS_NEEDED)


def test_a_port_that_is_taken_is_replaced(python: Path, tmp_path: Path) -> None:
    put_node(tmp_path, "v24.0.0")
    with ExitStack() as stack:
        with suppress(OSError):  # Then another program has it.
            stack.enter_context(socket.create_server(("127.0.0.1", 8000)))

        printed, _ = demo(python, tmp_path)

    found = re.match(
        r"Port 8000 is taken: using (\d+) instead \(PORT selects another\)\.\n", printed
    )
    assert found is not None, printed
    assert int(found[1]) != 8000
