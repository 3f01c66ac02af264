"""`dev`: everything that the service needs, in an empty folder, and none of it left running."""

import shutil
import signal
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import orjson
import pytest

from persistence.readiness import expected_revision
from tests.support.api import Api
from tests.support.command import run
from tests.support.database import query
from tests.support.development import curl_line, development, is_running, pasted, starting, token_in
from tests.support.service import NO_TLS, SECRET, free_port


@dataclass(frozen=True)
class FirstRun:
    """What a run in an empty folder showed, from its start to Ctrl-C."""

    folder: Path
    port: int
    printed: str
    answered: str
    """What the pasted line got, with the status line and the headers."""
    documentation: int
    postgres: int
    exit_code: int


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    """Start it in an empty folder whose name has a space, use it, and stop it."""
    folder, port = tmp_path_factory.mktemp("a checkout"), free_port()
    with development(folder, PORT=str(port)) as running:
        printed, postgres = running.printed, running.postgres
        assert postgres is not None
        answered = pasted_or_sent(printed, port)
        documentation = httpx.get(f"http://127.0.0.1:{port}/docs", verify=NO_TLS).status_code
        exit_code = running.stop(signal.SIGINT)
    return FirstRun(folder, port, printed, answered, documentation, postgres, exit_code)


def pasted_or_sent(printed: str, port: int) -> str:
    """Do what the printed line does, where there is no curl as well."""
    if shutil.which("curl"):
        return pasted(f"{curl_line(printed)} --silent")
    with Api(f"http://127.0.0.1:{port}", "demo-user", token_in(printed)) as api:
        response = api.create(title="Buy milk")
    return f"HTTP/1.1 {response.status_code} Created\n\n{response.text}"


def test_it_prints_where_the_documentation_is(first_run: FirstRun) -> None:
    assert f" http://127.0.0.1:{first_run.port}/docs\n" in first_run.printed
    assert f" http://127.0.0.1:{first_run.port}/api/tasks\n" in first_run.printed
    assert first_run.documentation == 200


def test_the_line_that_it_prints_creates_a_task(first_run: FirstRun) -> None:
    head, _, body = first_run.answered.partition("\n\n")

    assert head.startswith("HTTP/1.1 201 Created")
    assert orjson.loads(body)["data"]["title"] == "Buy milk"
    assert orjson.loads(body)["data"]["user_id"] == "demo-user"


def test_ctrl_c_stops_it_and_its_postgresql(first_run: FirstRun) -> None:
    assert first_run.exit_code == 0
    assert not is_running(first_run.postgres)
    assert "Traceback" not in first_run.printed


def test_its_secret_is_for_the_owner_of_the_folder_alone(first_run: FirstRun) -> None:
    (file,) = (first_run.folder / ".local").glob("*secret*")

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert jwt.decode(token_in(first_run.printed), file.read_text(), ["HS256"])
    assert file.read_text() not in first_run.printed


def test_a_second_run_finds_the_tasks_and_takes_the_token_of_the_first(first_run: FirstRun) -> None:
    port = free_port()

    with development(first_run.folder, PORT=str(port)) as running:
        with Api(f"http://127.0.0.1:{port}", "demo-user", token_in(first_run.printed)) as api:
            found = api.list().json()["data"]
        postgres = running.postgres
        exit_code = running.stop(signal.SIGTERM)

    assert [task["title"] for task in found] == ["Buy milk"]
    assert exit_code == 0
    assert postgres is not None
    assert not is_running(postgres)


def test_stopped_while_it_starts_it_leaves_no_postgresql_behind(first_run: FirstRun) -> None:
    with starting(first_run.folder, PORT=str(free_port())) as running:
        running.wait_until(lambda: running.postgres)
        postgres = running.postgres
        exit_code = running.stop(signal.SIGTERM)

    assert exit_code == 0
    assert postgres is not None
    assert not is_running(postgres)
    assert "Aborted" not in running.printed
    assert "Traceback" not in running.printed


def test_a_database_that_is_given_is_migrated_and_none_is_started(
    tmp_path: Path, empty_database_url: str
) -> None:
    port = free_port()
    settings = {"DATABASE_URL": empty_database_url, "BETTER_AUTH_SECRET": SECRET, "PORT": str(port)}

    with development(tmp_path, **settings) as running:
        with Api(f"http://127.0.0.1:{port}", "alice") as api:
            task = api.created()
        exit_code = running.stop(signal.SIGINT)

    assert exit_code == 0
    assert query(empty_database_url, "SELECT version_num FROM tasks_alembic_version") == [
        (expected_revision(),)
    ]
    assert query(empty_database_url, "SELECT id, user_id FROM tasks") == [(task["id"], "alice")]
    assert not (tmp_path / ".local").exists()


def test_a_port_that_is_taken_is_one_line_and_no_postgresql_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = run("dev", folder=tmp_path, PORT=str(port))

    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == (
        f"Error: Port {port} of 127.0.0.1 is in use. Stop what listens there, or set PORT.\n"
    )
    assert not (tmp_path / ".local" / "postgres").exists()


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".local").touch()

    process = run("dev", folder=tmp_path, PORT=str(free_port()))

    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == ("Error: .local: cannot be used (File exists); move it away\n")
