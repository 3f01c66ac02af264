"""Schemathesis against the running service: every phase, every check, two users."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.api import CONTRACT, new_user, token_of
from tests.support.jws import DAY, in_
from tests.support.service import Service

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "60")
# The same requests each time, so that a run fails for the change that it tests; `make fuzz`
# searches.
SEED = os.environ.get("FUZZ_SEED", "1")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
PROGRAM = Path(sys.executable).with_name("schemathesis")


@pytest.mark.requirement("FR-041", "FR-043", "FR-044", "FR-045")
@pytest.mark.timeout(7200)
def test_no_request_of_schemathesis_breaks_the_contract(service: Service, tmp_path: Path) -> None:
    (tmp_path / "users.json").write_text(json.dumps({"auth": [user("ann"), user("bob")]}))

    run = subprocess.run(
        [
            *(PROGRAM, "--config-file", CONFIGURATION),
            *("run", CONTRACT, "--url", service.url),
            *("--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"),
            *(("--seed", SEED) if SEED != "random" else ()),
            *("--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"),
        ],
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)},
        capture_output=True,
        text=True,
        check=False,
    )

    sys.stdout.write(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert passed_cases(run.stdout) > 500


def user(name: str) -> dict[str, object]:
    """Describe a user as Schemathesis reads it, with a token that outlives the run."""
    value = f"Bearer {token_of(new_user(), exp=in_(DAY))}"
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": value}]}


def passed_cases(report: str) -> int:
    """Read off the report how many cases were tried and passed."""
    counts = re.search(r"(\d+) generated, (\d+) passed", report)
    assert counts is not None, report
    assert counts[1] == counts[2], report
    return int(counts[2])
