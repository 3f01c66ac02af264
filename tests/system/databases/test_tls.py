"""TLS to a PostgreSQL that has it: what is verified is verified, and what fails is named."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from persistence.migrate import migrate
from tests.database.checks.conftest import Check
from tests.support.api import Api, new_user
from tests.support.certificates import NAME, Authority
from tests.support.database import query
from tests.support.log import awaited
from tests.support.service import running_service
from tests.system.databases.debian_postgres import debian_postgres

pytestmark = pytest.mark.databases

STRICT = {"sslmode": "verify-full", "channel_binding": "require"}
IN_USE = """
    SELECT DISTINCT ssl, version FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
     WHERE application_name = 'tasks-api'
"""


@pytest.fixture
def server(tmp_path: Path, authority: Authority) -> Iterator[str]:
    """Give the URL of a server that takes no connection without TLS."""
    folder = tmp_path / "server"
    folder.mkdir()
    with debian_postgres(folder, authority=authority) as url:
        yield url


def to(server: str, host: str = NAME, **parameters: object) -> str:
    """Return the URL for a host of this name, whose address is known."""
    rest = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"{server.replace('127.0.0.1', host)}?hostaddr=127.0.0.1&{rest}"


def test_a_verified_server_is_used_with_channel_binding(
    check: Check, server: str, authority: Authority, tmp_path: Path
) -> None:
    url = to(server, **STRICT, sslrootcert=authority.file)
    migrate(url)

    with running_service(tmp_path, url) as service, Api(service.url, new_user()) as api:
        task = api.created(title="Buy milk")
        assert [each["id"] for each in api.list().json()["data"]] == [task["id"]]
        assert query(url, IN_USE) == [(True, "TLSv1.3")]
    assert check(DATABASE_URL=url) == {}


class Wrong(NamedTuple):
    """What is wrong with a URL, and the check that finds it."""

    expected: str
    host: str = NAME
    roots: str = "ours"
    mode: str = "verify-full"


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong("database-tls-name", host="other.example.com"),
        Wrong("database-tls-name", host="127.0.0.1"),
        Wrong("database-tls-authority", roots="theirs"),
        Wrong("database-tls-authority", roots="theirs", mode="verify-ca"),
        Wrong("database-tls-authority", roots="system"),
        Wrong("database-rejected", mode="disable"),
    ],
    ids=str,
)
def test_what_fails_is_named_by_the_check_and_the_log(
    check: Check, server: str, tmp_path: Path, authority: Authority, wrong: Wrong
) -> None:
    theirs = Authority(tmp_path, "theirs").file
    file = {"ours": authority.file, "theirs": theirs}.get(wrong.roots, wrong.roots)
    url = to(server, wrong.host, sslmode=wrong.mode, sslrootcert=file)

    found = check(DATABASE_URL=url)

    assert wrong.expected in found
    with running_service(tmp_path, url) as service, Api(service.url, new_user()) as api:
        assert api.list().status_code == 503
        assert api.request("GET", "/readyz").status_code == 503
        assert awaited(service.log, "finding", check=wrong.expected)["fix"]
        assert awaited(service.log, "database_unavailable")["reason"]


@pytest.mark.parametrize("mode", ["require", "verify-full"])
def test_a_server_without_tls_is_named(
    check: Check, authority: Authority, tmp_path: Path, mode: str
) -> None:
    folder = tmp_path / "server"
    folder.mkdir()

    with debian_postgres(folder) as server:
        found = check(DATABASE_URL=to(server, sslmode=mode, sslrootcert=authority.file))

    assert "database-tls-missing" in found


@pytest.mark.parametrize("mode", ["verify-ca", "verify-full"])
def test_a_role_with_a_wrong_password_is_no_fault_of_tls(
    check: Check, server: str, authority: Authority, mode: str
) -> None:
    url = to(server, sslmode=mode, sslrootcert=authority.file)

    found = check(DATABASE_URL=url.replace("pa55word", "another"))

    assert [name for name in found if name.startswith("database-")] == ["database-rejected"]
