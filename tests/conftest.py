"""One PostgreSQL and one service for each worker of the session; one new user for each test."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from structlog.testing import capture_logs
from xdist.scheduler import LoadScopeScheduling

from persistence.migrate import migrate
from tasks_api.cli import main
from tasks_api.dev.local_postgres import LocalPostgres
from tasks_api.settings import Given, Settings
from tests.support.api import Api, SignIn, new_user
from tests.support.command import Command
from tests.support.database import name_of, new_database, query
from tests.support.log import failures
from tests.support.paths import ROOT
from tests.support.service import FRONTEND, NOWHERE, ORIGINS, SECRET, URL, Service, running_service

# One after the other in one worker, because their set-up is costly and is shared by the session.
ONE_GROUP = ("system/better_auth",)

# First, so that no worker is left with one of them at the end.
FIRST = (
    "http/contract/test_fuzz",
    "http/contract/test_coverage",
    "http/test_protocol",
    "system",
    "http/test_answer_headers",
)


class FileScheduling(LoadScopeScheduling):
    """Keeps each file in one worker of pytest-xdist, and all files of a folder of `ONE_GROUP`.

    Not `--dist loadgroup`: with pytest 9.2, pytest-xdist 3.8 silently ignores the groups.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((folder for folder in ONE_GROUP if f"/{folder}/" in path), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    """Return our own scheduler, for every value of `--dist`."""
    return FileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes longest."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT / "tests").as_posix()
    return next((n for n, start in enumerate(FIRST) if path.startswith(start)), len(FIRST))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a database on a server of our own, from which others can be made."""
    with LocalPostgres(tmp_path_factory.mktemp("postgres"), fsync=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> Iterator[str]:
    """Give the name of a migrated database that nobody is connected to."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        yield name_of(url)


@pytest.fixture
def database_url(postgres: str, migrated_template: str) -> Iterator[str]:
    """Give the URL of a migrated database with a stand-in for the users, and no row in it."""
    with new_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """Give the URL of a database with nothing in it."""
    with new_database(postgres, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def service(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give the running service, on a migrated database of its own."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        folder = tmp_path_factory.mktemp("service")
        with running_service(folder, url, FRONTEND_URL=FRONTEND) as service:
            yield service


@pytest.fixture
def sign_in(service: Service) -> Iterator[SignIn]:
    """Give a function that signs a user in: a new one, unless it is told whom, how and where."""
    with ExitStack() as opened:
        yield lambda user_id=None, token=None, url=service.url: opened.enter_context(
            Api(url, user_id or new_user(), token)
        )


@pytest.fixture
def api(sign_in: SignIn) -> Api:
    """Give the service in the hands of a new user."""
    return sign_in()


@pytest.fixture
def stranger(sign_in: SignIn) -> Api:
    """Give the service in the hands of another user."""
    return sign_in()


@pytest.fixture
def anonymous(sign_in: SignIn) -> Api:
    """Give the service in the hands of somebody without a token."""
    return sign_in(token="")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Go to an empty folder, with no setting in the environment."""
    for name in {*Settings.model_fields, *Given.model_fields}:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch, folder: Path) -> pytest.MonkeyPatch:
    """Set what is required, and nothing else, and let the test set more."""
    assert Path.cwd() == folder
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("BETTER_AUTH_SECRET", SECRET)
    return monkeypatch


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give a function that runs a command with these settings and no others."""
    assert Path.cwd() == folder

    def command(*arguments: str, stdin: str = "", **settings: str) -> Result:
        with monkeypatch.context() as patch:
            for name, value in settings.items():
                patch.setenv(name, value)
            return CliRunner().invoke(main, arguments, stdin, prog_name="tasks-api")

    return command


@pytest.fixture(scope="session")
def service_without_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a running service whose database is unreachable, for two frontends."""
    with running_service(
        tmp_path_factory.mktemp("without-database"), NOWHERE, FRONTEND_URL=ORIGINS
    ) as service:
        yield service


@pytest.fixture
def stopped(tmp_path: Path, database_url: str) -> Iterator[Service]:
    """Give a running service that the test stops, and see what it has left in PostgreSQL."""
    ((data,),) = query(database_url, "SHOW data_directory")
    log = Path(data).parent / "log"
    before = len(log.read_bytes())
    with running_service(tmp_path, database_url) as service:
        yield service
    sessions = query(database_url, "SELECT application_name, datname FROM pg_stat_activity")
    assert ("tasks-api", name_of(database_url)) not in sessions
    assert b"unexpected EOF" not in log.read_bytes()[before:]
    assert failures(service.log) == []


@pytest.fixture
def events() -> Iterator[list[Any]]:
    """Give what is logged in the test, as it happens."""
    with capture_logs() as captured:
        yield captured
