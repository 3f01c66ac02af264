"""The service as a process among others: where it listens, and what it shares with them."""

from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.support.api import SignIn, new_user
from tests.support.service import Service, running_service


@pytest.mark.requirement("FR-001")
@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what HOST may be.
def test_it_listens_on_host_and_port_and_nowhere_else(
    database_url: str, tmp_path: Path, host: str
) -> None:
    with running_service(tmp_path, database_url, HOST=host) as service:
        connections = psutil.Process(service.process.pid).net_connections(kind="tcp")

    listening = [each.laddr for each in connections if each.status == psutil.CONN_LISTEN]
    assert listening == [(host, urlsplit(service.url).port)]


@pytest.mark.requirement("FR-009", "FR-033", "NF-009")
def test_what_one_process_stores_another_one_reads_and_changes(
    service: Service, tmp_path: Path, sign_in: SignIn
) -> None:
    user_id = new_user()
    here = sign_in(user_id)
    task_id = here.created()["id"]

    with running_service(tmp_path, service.database_url) as other:
        there = sign_in(user_id, url=other.url)
        changed = there.update(task_id, title="Buy oats").json()["data"]
        toggled = here.toggle(task_id).json()["data"]

        new = {"updated_at": toggled["updated_at"], "etag": toggled["etag"]}
        assert toggled == {**changed, "completed": True, **new}
        assert there.list().json()["data"] == [toggled]
        assert here.delete(task_id).status_code == 204
        assert there.get(task_id).status_code == 404
