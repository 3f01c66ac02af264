"""The samples of `/docs` are whole programs, which compile as they are copied."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support.coverage import OPERATIONS
from tests.support.service import Service
from tests.system.clients.tools import FOLDER, Outcome, node, npm, run, venv

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]

SUFFIXES = {"typescript": "ts", "python": "py"}


@pytest.fixture(scope="module")
def samples(service: Service) -> Path:
    """Give a folder with a file for each sample, named after its operation."""
    folder = FOLDER / "samples" / "generated"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shown = run(folder.parent, [node(), "extract.mjs", service.url])
    assert shown.status == 0, shown.output
    for sample in json.loads(shown.output):
        path = folder / f"{sample['operation']}.{SUFFIXES[sample['language']]}"
        path.write_text(f"{sample['source']}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("suffix", SUFFIXES.values())
def test_every_operation_has_a_sample(samples: Path, suffix: str) -> None:
    assert {path.stem for path in samples.glob(f"*.{suffix}")} >= OPERATIONS.keys()


def test_the_samples_in_typescript_compile(samples: Path, service: Service) -> None:
    """The types are generated as the comment in each of them says."""
    types = npm("openapi-typescript", f"{service.url}/openapi.yaml", "-o", "tasks-api.ts")
    assert run(samples, types).status == 0

    compiled = run(samples.parent, npm("tsc", "--pretty", "false"))

    assert compiled == Outcome(0, "")


def test_the_samples_in_python_compile(samples: Path) -> None:
    options = ("--strict", "--config-file=", "--cache-dir=.mypy_cache", "--no-error-summary")
    files = [path.name for path in sorted(samples.glob("*.py"))]

    checked = run(samples, venv("mypy", *options, *files))

    assert checked == Outcome(0, "")
