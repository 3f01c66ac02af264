"""The service behind PgBouncer: that of this Debian and that of the next, in each mode."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks_api.dev.local_postgres.cluster import programs_for
from tests.database.checks.conftest import Check
from tests.support.api import Api, new_user
from tests.support.database import query
from tests.support.log import failures
from tests.support.service import running_service
from tests.system.databases.conftest import NEXT_PGBOUNCER
from tests.system.faults.pgbouncer import PgBouncer, program

pytestmark = pytest.mark.databases


@pytest.fixture(params=["installed", "next"])
def pgbouncer(request: pytest.FixtureRequest) -> str:
    """Give the path of a PgBouncer."""
    return program() if request.param == "installed" else str(NEXT_PGBOUNCER)


@pytest.fixture(params=["session", "transaction", "statement"])
def pooler(
    request: pytest.FixtureRequest, pgbouncer: str, database_url: str, tmp_path: Path
) -> Iterator[PgBouncer]:
    """Give a PgBouncer in front of a migrated database."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "pgbouncer"
    programs = programs_for(tmp_path, folder)
    pooler = PgBouncer(folder, programs, database_url, command=pgbouncer, mode=request.param)
    yield pooler
    pooler.close()


def test_every_operation_works_and_nothing_stays_in_a_session(
    check: Check, pooler: PgBouncer, database_url: str, tmp_path: Path
) -> None:
    settings = {"DATABASE_POOL_SIZE": "4"}
    with (
        running_service(tmp_path, pooler.url, **settings) as first,
        running_service(tmp_path, pooler.url, **settings) as second,
        Api(first.url, user := new_user()) as api,
        Api(second.url, user) as other,
    ):
        key = {"Idempotency-Key": "once"}
        task = api.create(key, title="Buy milk").json()["data"]
        assert other.create(key, title="Buy milk").json()["data"] == task
        assert other.get(task["id"]).json()["data"] == task
        assert api.update(task["id"], title="Buy oats").status_code == 200
        assert other.toggle(task["id"]).status_code == 200
        assert [each["completed"] for each in api.list().json()["data"]] == [True]
        assert api.delete(task["id"]).status_code == 204
        assert other.list().json()["data"] == []
        assert [each.request("GET", "/readyz").status_code for each in (api, other)] == [200, 200]
        # What one client had set would be met by another one.
        assert query(pooler.url, "SELECT name FROM pg_prepared_statements") == []
        assert query(pooler.url, "SHOW statement_timeout") == [("0",)]
        assert [failures(each.log) for each in (first, second)] == [[], []]
    assert check(DATABASE_URL=pooler.url, DATABASE_URL_UNPOOLED=database_url) == {}
