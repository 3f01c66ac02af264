"""The numbers of cases in `docs/reliability.md` are the numbers of tests."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+) \| .+ \| (\d+) \| (`tests/.+`) \|$", DOCUMENT, re.MULTILINE)


@pytest.fixture(scope="module")
def collected() -> Counter[str]:
    """Count the cases of every test, and of every file of tests."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    cases = [line.partition("[")[0] for line in run.stdout.splitlines() if "::" in line]
    return Counter(cases) + Counter(case.partition("::")[0] for case in cases)


@pytest.mark.parametrize(("sent", "cases", "tests"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_row_has_as_many_cases_as_it_says(
    collected: Counter[str], sent: str, cases: str, tests: str
) -> None:
    found = sum(collected[test] for test in re.findall("`(.+?)`", tests))

    assert found == int(cases), sent


def test_every_row_is_read() -> None:
    assert len(ROWS) == DOCUMENT.count("| `tests/")
