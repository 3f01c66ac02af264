"""What is installed is locked by its hash, wherever it comes from."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEPT = subprocess.run(
    ["git", "ls-files", "*package-lock.json", "requirements/*.txt"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()


def test_the_lock_files_are_found() -> None:
    assert {"requirements/image.txt", "frontend/package-lock.json"} <= set(KEPT)


@pytest.mark.parametrize("name", KEPT)
def test_no_lock_file_names_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.search(r"https?://|\"resolved\"", text) is None
