"""What the pages of `docs/deploy/` say works, as far as a platform can be imitated here."""

import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence.url import connection_parameters
from tasks_api.server.shutdown import EXIT
from tasks_api.settings import Settings
from tests.support.database import new_database
from tests.support.paths import ROOT
from tests.system.platforms.deployment import Deployment, deploy, run_in
from tests.system.platforms.pages import (
    CMD,
    ENTRYPOINT,
    FOLDER,
    PAGES,
    Page,
    blocks,
    grace_of,
    heroku,
    index,
    procfile,
)

NAMES = {name.upper() for name in Settings.model_fields}
OF_LIBPQ = {"PGSSLMODE"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an empty folder that a process without capabilities cannot write to."""
    folder = tmp_path_factory.mktemp("read-only")
    folder.chmod(0o555)
    return folder


@pytest.fixture(scope="module", params=PAGES, ids=lambda page: page.name)
def deployment(
    request: pytest.FixtureRequest,
    postgres: str,
    read_only: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Deployment]:
    """Give what came of a deployment by a page, into an empty database."""
    page: Page = request.param
    log = tmp_path_factory.mktemp(page.name) / "log"
    with new_database(postgres, template="template0") as url:
        yield deploy(page, url, read_only, log)


def test_the_migration_of_the_page_succeeds(deployment: Deployment) -> None:
    released = deployment.released

    assert (released.returncode, released.stderr) == (0, "")
    assert released.stdout == "The database has the schema of this version.\n"


def test_the_health_check_of_the_page_succeeds_on_the_port_of_the_platform(
    deployment: Deployment,
) -> None:
    assert set(deployment.health.values()) == {200}


def test_a_request_in_flight_is_answered_when_the_platform_stops_the_service(
    deployment: Deployment,
) -> None:
    assert [answer.status for answer in deployment.in_flight] == [201]
    assert deployment.stored == ["Buy milk"]


def test_the_service_ends_by_itself_before_the_platform_kills_it(deployment: Deployment) -> None:
    assert deployment.code == 0


def test_where_the_private_network_is_ipv6_both_families_are_served(
    deployment: Deployment,
) -> None:
    has_both = deployment.page.name in {"fly", "railway"}

    assert len(deployment.health) == (2 if has_both else 1)


def test_the_folder_of_these_processes_cannot_be_written_to(read_only: Path) -> None:
    writing = run_in(read_only, [sys.executable, "-c", "open('file', 'w')"], {})

    assert "PermissionError" in writing.stderr


@each_page
def test_every_setting_of_the_page_is_one_of_the_service(page: Page) -> None:
    assert {"DATABASE_URL", "BETTER_AUTH_SECRET", "FRONTEND_URL"} <= set(page.settings)
    assert set(page.settings) <= NAMES | OF_LIBPQ


@each_page
def test_the_page_says_which_role_the_service_has(page: Page) -> None:
    text = (FOLDER / f"{page.name}.md").read_text(encoding="utf-8")

    assert "(README.md#roles)" in text
    # The platform tests then serve with the role that the line has made.
    assert (page.grants is not None) == (page.release_settings is not None)


@each_page
def test_the_grace_is_longer_than_the_longest_stop(page: Page) -> None:
    # tests/system/test_exit.py shows that nothing makes a stop longer than that.
    assert grace_of(page) > EXIT


@each_page
def test_the_index_says_what_the_page_says(page: Page) -> None:
    _, health, migration, _ = index()[page.name]
    (command,) = re.findall(r"`((?:tasks-api )?migrate)`", migration)

    assert health.strip("`") == (page.health or "none")
    assert shlex.split(command) in (page.release, page.release[len(ENTRYPOINT) :])
    assert page.grace in {None, grace_of(page)}


def test_the_index_leads_to_every_platform() -> None:
    assert set(index()) == {page.name for page in PAGES}


def test_the_port_of_fly_is_the_one_that_its_proxy_connects_to() -> None:
    (document,) = blocks("fly", "toml")
    ports = re.findall(r'^(?:PORT|internal_port) = "?(\d+)"?$', document, re.MULTILINE)

    assert ports == [ports[0]] * 2


def test_the_procfile_has_the_commands_of_heroku() -> None:
    commands = procfile()

    assert [*ENTRYPOINT, commands["release"]] == heroku().release
    assert [commands["web"]] == CMD


def test_every_url_of_a_database_on_the_pages_is_one_of_a_database() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in FOLDER.glob("*.md"))
    urls = re.findall(r"postgres(?:ql)?://[^\s`…]+", text)
    parameters = [connection_parameters(url) for url in urls]

    assert {each.get("host") for each in parameters} == {
        "/cloudsql/PROJECT:REGION:INSTANCE",
        "HOST-pooler.example.com",
    }


def test_every_setting_for_vercel_is_one_of_the_frontend() -> None:
    (variables,) = blocks("vercel", "env")
    documented = (ROOT / "frontend" / ".env.example").read_text(encoding="utf-8")

    required = set(re.findall(r"^([A-Z_]+)=", documented, re.MULTILINE))
    assert set(re.findall(r"^([A-Z_]+)=", variables, re.MULTILINE)) == required


def test_vercel_builds_with_a_program_of_the_frontend() -> None:
    (configuration,) = blocks("vercel", "json")
    package = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))

    program, *_ = json.loads(configuration)["buildCommand"].split()
    assert program in package["dependencies"]
