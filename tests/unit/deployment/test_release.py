"""A tag is released if it is the version, and CHANGELOG says what is in it."""

import subprocess
import tomllib

import pytest

from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSION = PROJECT["version"]


def check(tag: str) -> tuple[int, str]:
    """Return what the script says of a tag, and its status."""
    done = subprocess.run(
        [ROOT / "scripts" / "check-release.sh", tag],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_version_can_be_released() -> None:
    assert check(f"v{VERSION}") == (0, "")


@pytest.mark.parametrize("tag", [VERSION, f"v{VERSION}-rc1", "v999.0.0", "latest", ""])
def test_another_tag_cannot(tag: str) -> None:
    status, said = check(tag)

    assert status == 1
    assert VERSION in said
