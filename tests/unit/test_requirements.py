"""Every requirement of docs/requirements.md is proved by a test that carries its number."""

import re

import pytest

from tests.support.paths import ROOT

DOCUMENT = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
NUMBERS = re.findall(r"^- \*\*((?:FR|SC|NF)-\d{3}|EC-\d{2}|US\d\.\d)\*\* ", DOCUMENT, re.MULTILINE)

PROVED_IN_THE_BROWSER = {"SC-008", "SC-010"}
"""By `frontend/e2e/every-button.ts`: `make e2e`."""
PROVED_IN_THE_BENCHMARK = {"NF-001"}
"""By `bench/answer_times.py`: `make bench-quick`."""


@pytest.fixture(scope="module")
def marked() -> set[str]:
    """Return the numbers that tests carry as `@pytest.mark.requirement(…)`."""
    texts = (file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    marks = [mark for text in texts for mark in re.findall(r"mark\.requirement\(([^)]+)\)", text)]
    return {number for mark in marks for number in re.findall(r'"([^"]+)"', mark)}


def test_every_requirement_is_proved_and_every_mark_is_a_requirement(marked: set[str]) -> None:
    assert marked == set(NUMBERS) - PROVED_IN_THE_BROWSER - PROVED_IN_THE_BENCHMARK
