"""The surroundings of the tests of settings and of the service as a process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tasks_api.cli import main
from tasks_api.settings import Given, Settings
from tests.database import name_of, query
from tests.log import failures
from tests.service import SECRET, Service, running_service
from tests.tasks_api.command import Command

URL = "postgresql://alice:pa55word@db.example.com/tasks"
NOWHERE = "postgresql://alice:pa55word@127.0.0.1:1/tasks"
NO_SECRET = "missing; set it to the secret of the Better Auth server, at least 32 bytes"
ORIGINS = "https://app.example.com, http://localhost:3000/"


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
