"""The samples of `/docs` are whole programs, which compile as they are copied."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.api import new_user, token_of
from tests.support.coverage import OPERATIONS
from tests.support.service import Service
from tests.system.clients.tools import FOLDER, Outcome, node, npm, run, venv

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]

EXAMPLE_ID = 42
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


def test_the_samples_in_python_work_as_they_are_copied(samples: Path) -> None:
    """Only the id of the task is another one."""
    environment = {"PATH": os.environ["PATH"], "TOKEN": token_of(new_user())}

    def answer_of(operation: str, task: object = None) -> Any:
        sample = (samples / f"{operation}.py").read_text(encoding="utf-8")
        program = sample.replace(f"/api/tasks/{EXAMPLE_ID}", f"/api/tasks/{task}")
        command = [sys.executable, "-c", program]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        return ast.literal_eval(done.stdout or "None")

    created = answer_of("create_task")
    found = answer_of("get_task", created["id"])
    replaced = answer_of("update_task", created["id"])
    toggled = answer_of("toggle_task", created["id"])
    listed = answer_of("list_tasks")
    deleted = answer_of("delete_task", created["id"])

    assert found == created
    assert replaced["title"] == created["title"]
    assert (toggled["completed"], listed, deleted) == (True, [toggled], None)
