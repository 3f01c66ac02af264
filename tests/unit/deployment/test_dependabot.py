"""Dependabot watches every place that pins something."""

import subprocess
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from tests.support.paths import ROOT

UPDATES: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8")
)["updates"]


def folders_of(name: str) -> set[str]:
    """Return the folders that have a file of this name, as Dependabot writes them."""
    command = ["git", "ls-files", name, f"**/{name}"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    folders = {PurePosixPath("/", line).parent for line in listed.stdout.splitlines()}
    return {str(folder) for folder in folders}


@pytest.mark.parametrize(
    ("ecosystem", "name"),
    [("npm", "package.json"), ("docker", "Dockerfile"), ("docker-compose", "compose.yaml")],
)
def test_every_folder_that_pins_something_is_watched(ecosystem: str, name: str) -> None:
    (update,) = (each for each in UPDATES if each["package-ecosystem"] == ecosystem)

    assert set(update.get("directories", [update.get("directory")])) == folders_of(name)
