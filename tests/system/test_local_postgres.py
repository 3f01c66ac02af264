"""The PostgreSQL of `make run` and `make test`: real processes, real data."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import psycopg2
import pytest

from tasks_api.dev.local_postgres import LocalPostgres, LocalPostgresError
from tests.support.paths import ROOT

only_as_root = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user opens no folders")

HOLD = """
import sys, time
from pathlib import Path
from tasks_api.dev.local_postgres import LocalPostgres
with LocalPostgres(Path(sys.argv[1]), fsync=False):
    print("ready", flush=True)
    time.sleep(600)
"""


def ask(postgres: LocalPostgres, query: str) -> object:
    """Run one statement for good and give the first value of its answer."""
    with closing(psycopg2.connect(postgres.url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        connection.commit()
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]


def server_of(folder: Path) -> psutil.Process:
    """Give the server that runs on the data in `folder`."""
    return psutil.Process(int((folder / "data" / "postmaster.pid").read_text().split()[0]))


def has_ended(process: psutil.Process) -> bool:
    """Tell whether it runs no more, collected by its parent or not."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@contextmanager
def held(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Give another program that starts a server in `folder` and holds it."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            program.kill()


def wait_until_there(folder: Path, pattern: str) -> None:
    """Return when something in `folder` matches; the test's own time limit is the bound."""
    while not list(folder.glob(pattern)):
        time.sleep(0.005)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data in it; a space in its path, as in many a home."""
    folder = tmp_path_factory.mktemp("my data") / "postgres"
    with LocalPostgres(folder, fsync=False):
        return folder


def test_it_listens_on_the_loopback_interface_alone(folder: Path) -> None:
    with LocalPostgres(folder, fsync=False) as postgres:
        port = int(postgres.url.split(":")[-1].split("/")[0])
        listening = server_of(folder).net_connections(kind="inet")
        sockets = ask(postgres, "SHOW unix_socket_directories")

    assert [at.laddr for at in listening] == [("127.0.0.1", port)]
    assert sockets == ""


def test_it_refuses_a_wrong_password(folder: Path) -> None:
    with LocalPostgres(folder, fsync=False) as postgres:
        wrong = re.sub(r":[^:@]+@", ":wrong@", postgres.url)

        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(wrong)


def test_the_password_is_readable_by_its_owner_only(folder: Path) -> None:
    password = folder / "password"

    assert password.stat().st_mode & 0o777 == 0o600
    assert len(password.read_text()) == 32


def test_a_password_that_was_changed_is_refused_at_once(folder: Path) -> None:
    password = (folder / "password").read_text()
    (folder / "password").write_text("another")

    with pytest.raises(LocalPostgresError, match="password authentication failed"):
        LocalPostgres(folder, fsync=False).__enter__()

    (folder / "password").write_text(password)


def test_text_is_the_same_on_every_machine(folder: Path) -> None:
    with LocalPostgres(folder, fsync=False) as postgres:
        encoding = ask(postgres, "SHOW server_encoding")
        locale = ask(postgres, "SELECT datlocale FROM pg_database WHERE datname = 'tasks'")
        zone = ask(postgres, "SHOW timezone")

    assert (encoding, locale, zone) == ("UTF8", "C.UTF-8", "UTC")


def test_a_second_start_finds_the_data_of_the_first(folder: Path) -> None:
    with LocalPostgres(folder) as postgres:
        ask(postgres, "CREATE TABLE kept AS SELECT 'milk' AS title")

    with LocalPostgres(folder) as postgres:
        title = ask(postgres, "SELECT title FROM kept")

    assert title == "milk"


def test_nothing_runs_after_the_block(folder: Path) -> None:
    with LocalPostgres(folder, fsync=False):
        server = server_of(folder)

    assert has_ended(server)
    assert not (folder / "data" / "postmaster.pid").exists()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(folder: Path) -> None:
    with LocalPostgres(folder, fsync=False):
        server = server_of(folder)

        assert os.getpgid(server.pid) == server.pid != os.getpgid(0)


def test_two_programs_cannot_use_one_folder(folder: Path) -> None:
    with (
        LocalPostgres(folder, fsync=False) as first,
        pytest.raises(LocalPostgresError) as refused,
        LocalPostgres(folder, fsync=False),
    ):
        pytest.fail("Both are using it.")

    assert str(refused.value).startswith(f"Another program is using {folder}")
    assert first.url


def test_a_server_that_outlived_its_program_is_replaced(folder: Path) -> None:
    with held(folder) as program:
        assert program.stdout is not None
        program.stdout.readline()
        orphan = server_of(folder)
    outlived = not has_ended(orphan)

    with LocalPostgres(folder, fsync=False) as postgres:
        answer = ask(postgres, "SELECT 'here'")

    assert outlived
    assert has_ended(orphan)
    assert answer == "here"


def test_the_process_id_of_a_former_server_may_be_taken_by_another_program(folder: Path) -> None:
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder / 'data'}\n")

    with LocalPostgres(folder, fsync=False) as postgres:
        assert ask(postgres, "SELECT 'here'") == "here"


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(LocalPostgresError, match=f"Port {port} of 127.0.0.1 is not free"):
            LocalPostgres(folder, port=port, fsync=False).__enter__()


def test_data_of_another_version_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "PG_VERSION").write_text("9\n")
    if os.geteuid() == 0:
        shutil.chown(tmp_path / "data", "nobody")

    with pytest.raises(LocalPostgresError, match="written by PostgreSQL 9"):
        LocalPostgres(tmp_path).__enter__()

    assert (tmp_path / "data" / "PG_VERSION").read_text() == "9\n"


def test_an_interrupted_first_start_does_not_spoil_the_next(tmp_path: Path) -> None:
    with held(tmp_path):
        wait_until_there(tmp_path, "incomplete-*/global")

    with LocalPostgres(tmp_path, fsync=False) as postgres:
        assert ask(postgres, "SELECT 'here'") == "here"


@only_as_root
def test_as_root_nobody_gets_into_a_closed_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    before = {parent: parent.stat() for parent in home.parents}

    with LocalPostgres(home / "checkout" / "postgres", fsync=False) as postgres:
        server = server_of(home / "checkout" / "postgres")
        answer = ask(postgres, "SELECT 'here'")
        runs_as = server.uids()

    assert answer == "here"
    assert 0 not in runs_as
    assert home.stat().st_mode & 0o777 == 0o700
    assert home.stat().st_uid == 0
    assert all(
        (parent.stat().st_mode, parent.stat().st_uid) == (was.st_mode, was.st_uid)
        for parent, was in before.items()
    )


def test_without_the_wheel_it_says_so(tmp_path: Path) -> None:
    packages = Path(psycopg2.__file__).parents[1]
    for name in ("psycopg2", "psycopg2_binary.libs"):
        if (packages / name).exists():
            (tmp_path / name).symlink_to(packages / name)
    script = "import sys; sys.path[:0] = sys.argv[2:]" + HOLD
    paths = [str(tmp_path / "postgres"), str(tmp_path), str(ROOT)]

    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script, *paths],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr.endswith(
        "PostgreSQL is not installed here: run `make run`, or set DATABASE_URL.\n"
    )
