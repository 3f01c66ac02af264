"""What is installed is locked by its hash, wherever it comes from."""

import re

import pytest

from tests.support.paths import ROOT

LOCK_FILES = [
    str(path.relative_to(ROOT))
    for pattern in ("requirements/*.txt", "*/package-lock.json", "*/*/package-lock.json")
    for path in ROOT.glob(pattern)
    if not {"node_modules", ".next"} & set(path.parts)
]


def test_the_lock_files_are_found() -> None:
    assert {"requirements/image.txt", "frontend/package-lock.json"} <= set(LOCK_FILES)


@pytest.mark.parametrize("name", LOCK_FILES)
def test_no_lock_file_names_an_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    assert re.search(r"https?://|\"resolved\"", text) is None
