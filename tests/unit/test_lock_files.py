"""What is installed is locked by its hash, wherever it comes from."""

import re
import subprocess

import pytest

from tests.support.paths import ROOT

# However deep: a pattern with `*` stops at no slash.
LOCK_FILES = subprocess.check_output(
    ["git", "ls-files", "requirements/*.txt", "*package-lock.json"], cwd=ROOT, text=True
).splitlines()


def test_the_lock_files_are_found() -> None:
    assert {
        "requirements/image.txt",
        "frontend/package-lock.json",
        "tests/system/importers/package-lock.json",
    } <= set(LOCK_FILES)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_no_lock_file_names_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.search(r"https?://|\"resolved\"", text) is None
