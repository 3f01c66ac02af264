"""What `serve` makes of it: the settings can keep it from starting, the database cannot."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.log import awaited, logged
from tests.support.service import NOWHERE, SECRET, environment, free_port, running_service


def test_a_published_secret_is_one_line_and_nothing_is_served(
    tmp_path: Path, database_url: str
) -> None:
    given = {"BETTER_AUTH_SECRET": SECRET, "NEXT_PUBLIC_AUTH": SECRET}

    process = run("serve", folder=tmp_path, DATABASE_URL=database_url, **given)

    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.startswith("Error: NEXT_PUBLIC_AUTH publishes BETTER_AUTH_SECRET. Why:")
    assert process.stderr.count("\n") == 1
    assert SECRET not in process.stderr


def test_a_database_that_is_away_is_logged_and_it_serves(tmp_path: Path) -> None:
    with running_service(tmp_path, NOWHERE) as service:
        line = awaited(service.log, "finding", level="warning")

    assert line["message"].endswith("Connection refused")
    assert line["why"]
    assert line["fix"]
    assert "pa55word" not in service.log.read_text()


def test_a_database_that_is_not_migrated_is_logged_and_it_serves(
    tmp_path: Path, empty_database_url: str
) -> None:
    with running_service(tmp_path, empty_database_url) as service:
        assert awaited(service.log, "finding")["fix"] == "run tasks-api migrate"


def test_what_only_migrations_use_is_no_matter_to_it(tmp_path: Path, database_url: str) -> None:
    with running_service(tmp_path, database_url, DATABASE_URL_UNPOOLED=NOWHERE) as service:
        time.sleep(1)

    assert logged(service.log, "finding") == []


def test_a_silent_database_does_not_hold_it_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://alice:pa55word@127.0.0.1:{silent.getsockname()[1]}/tasks"
        with running_service(tmp_path, url) as service:
            found = logged(service.log, "finding")

    assert found == []


def test_what_it_needs_to_start_does_not_include_alembic() -> None:
    program = "import sys, tasks_api.cli; print('alembic' in sys.modules)"

    printed = subprocess.check_output([sys.executable, "-c", program], env=environment())

    assert printed == b"False\n"


@pytest.mark.parametrize("jwks", ["", "http://127.0.0.1:{port}/api/auth/jwks"])
def test_where_nothing_is_fatal_nothing_is_logged(
    tmp_path: Path, database_url: str, jwks: str
) -> None:
    url = jwks.format(port=free_port())
    with running_service(tmp_path, database_url, BETTER_AUTH_JWKS_URL=url) as service:
        time.sleep(1)

    assert logged(service.log, "finding") == []
