"""The connections of all replicas, and how many are let in."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tasks_api.dev.local_postgres.cluster import programs_for
from tests.database.checks.conftest import Check
from tests.support.database import query
from tests.system.faults.pgbouncer import PgBouncer


@pytest.fixture
def pooled_url(postgres: str, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a database behind a PgBouncer."""
    tmp_path.chmod(0o755)
    folder = tmp_path / "pgbouncer"
    pooler = PgBouncer(folder, programs_for(tmp_path, folder), postgres)
    yield pooler.url
    pooler.close()


def room_of(url: str) -> int:
    ((room,),) = query(
        url,
        "SELECT current_setting('max_connections')::int"
        " - current_setting('superuser_reserved_connections')::int",
    )
    return int(room)


def test_more_than_the_server_lets_in_is_a_warning(check: Check, database_url: str) -> None:
    room = room_of(database_url)
    size = room // 2

    found = check("--replicas", "3", DATABASE_URL=database_url, DATABASE_POOL_SIZE=str(size))

    assert list(found) == ["connections"]
    assert found["connections"]["severity"] == "warning"
    assert f"{3 * size} connections" in found["connections"]["message"]
    assert found["connections"]["fix"].startswith(f"set DATABASE_POOL_SIZE to {room // 3} or less")


def test_as_many_as_the_server_lets_in_are_right(check: Check, database_url: str) -> None:
    size = room_of(database_url) // 2

    assert check("--replicas", "2", DATABASE_URL=database_url, DATABASE_POOL_SIZE=str(size)) == {}


def test_the_limit_of_the_database_counts(check: Check, database_url: str) -> None:
    query(database_url, f'ALTER DATABASE "{urlsplit(database_url).path[1:]}" CONNECTION LIMIT 5')

    found = check(DATABASE_URL=database_url)

    assert "the 5 that the database accepts" in found["connections"]["message"]


@pytest.mark.replicas
def test_behind_a_pooler_the_pooler_counts(check: Check, pooled_url: str) -> None:
    # PgBouncer lets in 100 unless it is told otherwise, and it is not.
    found = check("--replicas", "11", DATABASE_URL=pooled_url)

    assert "connections" not in found
    assert found["connections-pooled"]["severity"] == "warning"
    assert found["connections-pooled"]["fix"].startswith("set max_client_conn of the pooler to 110")
    assert "connections-pooled" not in check("--replicas", "10", DATABASE_URL=pooled_url)
