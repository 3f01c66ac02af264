"""Schemathesis against the running service: every phase, every check."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api import CONTRACT, new_user, token_of
from tests.service import Service

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "60")


@pytest.mark.timeout(3600)
def test_no_request_of_schemathesis_breaks_the_contract(service: Service, tmp_path: Path) -> None:
    token = token_of(new_user(), exp=2_000_000_000)

    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            *("run", str(CONTRACT), "--url", service.url),
            *("--header", f"Authorization: Bearer {token}"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--checks", "all"),
            *("--max-examples", EXAMPLES, "--continue-on-failure", "--no-color"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    cases = re.search(r"(\d+) generated, (\d+) passed", run.stdout)
    sys.stdout.write(run.stdout)
    assert run.returncode == 0, run.stdout + run.stderr
    assert cases is not None
    assert int(cases[1]) > 500
