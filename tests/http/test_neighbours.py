"""What one user does to the service, and what another one notices of it."""

from contextlib import ExitStack
from pathlib import Path

import httpx
import psycopg2

from tests.support.api import Api, new_user
from tests.support.database import query, wait_until
from tests.support.log import failures
from tests.support.raw import request
from tests.support.service import running_service
from tests.support.stopping import connected_to


def test_reads_whose_clients_have_gone_are_not_carried_out(
    tmp_path: Path, database_url: str
) -> None:
    with (
        running_service(tmp_path, database_url, DATABASE_POOL_SIZE="2") as service,
        Api(service.url, new_user()) as api,
        psycopg2.connect(database_url) as blocker,
    ):
        api.create(title="Buy milk")
        query(database_url, "SELECT pg_stat_reset()")
        blocker.cursor().execute("LOCK TABLE tasks")
        read = request("GET /api/tasks/1", token=api.token)
        with connected_to(service) as waiting:
            waiting.sendall(read)
            wait_until(database_url, "wait_event_type = 'Lock'")
            with ExitStack() as stack:
                for _ in range(30):
                    stack.enter_context(connected_to(service)).sendall(read)
                httpx.get(f"{service.url}/livez")
            httpx.get(f"{service.url}/livez")
            blocker.rollback()
            waiting.recv(65536)
        answered = api.list().status_code

    scans = "SELECT idx_scan + seq_scan FROM pg_stat_user_tables WHERE relname = 'tasks'"
    assert query(database_url, scans)[0][0] < 20
    assert answered == 200
    assert failures(service.log) == []
    assert '"event":"database_unavailable"' not in service.log.read_text()
