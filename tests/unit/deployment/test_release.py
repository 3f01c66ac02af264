"""A tag is released if it is the version, and changelog and contract are ready for it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.paths import ROOT

SCRIPTS = ("check-release.sh", "release-notes.sh")
CONTRACT = "info:\n  version: 3.2.1\n"
CHANGELOG = """# Changelog

## [Unreleased]

Later.

## [1.2.3] - 2026-11-27

First.

### Contract 3.2.1

- Second.

### Added

- Third.

## [1.2.2] - 2026-11-01

Earlier.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give the folder of a project whose version 1.2.3 can be released."""
    (tmp_path / "scripts").mkdir()
    for script in SCRIPTS:
        shutil.copy(ROOT / "scripts" / script, tmp_path / "scripts")
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG)
    (tmp_path / "openapi" / "released").mkdir(parents=True)
    (tmp_path / "openapi" / "tasks.yaml").write_text(CONTRACT)
    (tmp_path / "openapi" / "released" / "3.2.1.yaml").write_text(CONTRACT)
    return tmp_path


def run(project: Path, script: str, tag: str) -> tuple[int, str]:
    """Return the status of a script, and what it prints of a tag."""
    done = subprocess.run(
        [project / "scripts" / script, tag], check=False, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_the_version_can_be_released_with_its_notes(project: Path) -> None:
    assert run(project, "check-release.sh", "v1.2.3") == (0, "")
    assert run(project, "release-notes.sh", "v1.2.3") == (
        0,
        "\nFirst.\n\n### Contract 3.2.1\n\n- Second.\n\n### Added\n\n- Third.\n\n",
    )


@pytest.mark.parametrize("tag", ["1.2.3", "v1.2.3-rc1", "v1.2.2", "v999.0.0", "latest", ""])
def test_another_tag_cannot(project: Path, tag: str) -> None:
    status, said = run(project, "check-release.sh", tag)

    assert status == 1
    assert "1.2.3" in said


@pytest.mark.parametrize("heading", ["## [1.2.3]", "## [1.2.4] - 2026-11-27", "## 1.2.3"])
def test_a_version_without_a_dated_section_cannot(project: Path, heading: str) -> None:
    text = CHANGELOG.replace("## [1.2.3] - 2026-11-27", heading)
    (project / "CHANGELOG.md").write_text(text)

    status, said = run(project, "check-release.sh", "v1.2.3")

    assert (status, "CHANGELOG.md" in said) == (1, True)


def test_a_contract_of_which_nothing_is_said_cannot(project: Path) -> None:
    (project / "CHANGELOG.md").write_text(CHANGELOG.replace("3.2.1", "3.2.0"))

    assert run(project, "check-release.sh", "v1.2.3")[0] == 1


@pytest.mark.parametrize("name", ["3.2.1.yaml", "3.2.0.yaml"])
def test_a_contract_that_is_not_kept_cannot(project: Path, name: str) -> None:
    (project / "openapi" / "released" / "3.2.1.yaml").unlink()
    (project / "openapi" / "released" / name).write_text(CONTRACT + "servers: []\n")

    status, said = run(project, "check-release.sh", "v1.2.3")

    assert status == 1
    assert "openapi/released/3.2.1.yaml is not openapi/tasks.yaml" in said


def test_every_version_of_the_changelog_has_a_date() -> None:
    headings = [
        line
        for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    ]

    unreleased, *versions = headings
    assert unreleased == "## [Unreleased]"
    assert all(" - 20" in version for version in versions)
