"""A server that speaks another language, in another encoding, or that stores another one."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from persistence.migrate import migrate
from tests.database.checks.conftest import Check
from tests.support.api import Api, new_user
from tests.support.database import query
from tests.support.log import awaited, failures
from tests.support.service import running_service
from tests.system.databases.debian_postgres import debian_postgres

pytestmark = pytest.mark.databases

FRENCH = "fr_FR.ISO-8859-1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Give the URL of a server whose messages are French, in Latin-1."""
    folder = tmp_path / "server"
    locales = tmp_path / "locales"
    folder.mkdir()
    locales.mkdir()
    subprocess.run(
        ["localedef", "-i", "fr_FR", "-f", "ISO-8859-1", locales / FRENCH],
        check=True,
        capture_output=True,
    )
    tmp_path.chmod(0o755)
    variables = {"LOCPATH": str(locales)}
    with debian_postgres(folder, variables=variables, lc_messages=FRENCH) as url:
        yield url


def test_the_server_really_speaks_french(server: str) -> None:
    with pytest.raises(Exception, match="n'existe pas"):
        query(server, "SELECT FROM nowhere")


def test_errors_in_french_are_answered_and_logged_as_any_others(
    server: str, tmp_path: Path
) -> None:
    migrate(server)
    with running_service(tmp_path, server) as service, Api(service.url, new_user()) as api:
        assert api.create(title="Café").status_code == 201
        query(server, "ALTER TABLE task_lists RENAME TO elsewhere")
        assert api.list().status_code == 503
        query(server, "ALTER TABLE elsewhere RENAME TO task_lists")
        assert api.list().status_code == 200

        assert failures(service.log) == []
        assert "SQLSTATE 42P01" in awaited(service.log, "database_unavailable")["reason"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("pa55word", "another"), "database-rejected"),
        (("/postgres", "/nowhere"), "database-rejected"),
        (("postgres:", "nobody:"), "database-rejected"),
    ],
)
def test_a_refusal_in_french_is_told_and_is_a_503(
    check: Check, server: str, tmp_path: Path, change: tuple[str, str], expected: str
) -> None:
    url = change[1].join(server.rsplit(change[0], 1))

    found = check(DATABASE_URL=url)

    assert [name for name in found if name.startswith("database-")] == [expected]
    with running_service(tmp_path, url) as service, Api(service.url, new_user()) as api:
        assert api.list().status_code == 503
        assert failures(service.log) == []
        assert "\\n" not in awaited(service.log, "database_unavailable")["reason"]
