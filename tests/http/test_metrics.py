"""What Prometheus is told, on a port of its own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.api import Api, SignIn, new_user, token_of
from tests.support.command import run
from tests.support.database import query
from tests.support.log import failures, logged
from tests.support.raw import request, send
from tests.support.service import NO_TLS, SECRET, Service, environment, free_port, running_service

REASONS = ("missing_token", "expired", "not_a_jwt", "invalid_signature")
DURATION = "tasks_request_duration_seconds"


class Measured(NamedTuple):
    """A service with metrics."""

    service: Service
    metrics: str

    def read(self, name: str, **labels: str) -> float:
        """Return the sum of the samples with this name and these labels."""
        text = httpx.get(f"{self.metrics}/metrics", verify=NO_TLS).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def requests(self) -> set[tuple[str, str, str]]:
        """Return the routes, methods and statuses that have been counted."""
        text = httpx.get(f"{self.metrics}/metrics", verify=NO_TLS).text
        return {
            (sample.labels["route"], sample.labels["method"], sample.labels["status"])
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if family.name == DURATION
        }


@pytest.fixture
def measured(tmp_path: Path, database_url: str) -> Iterator[Measured]:
    """Give a service of its own, with metrics."""
    port = free_port()
    with running_service(tmp_path, database_url, METRICS_PORT=str(port)) as service:
        yield Measured(service, f"http://127.0.0.1:{port}")


@pytest.fixture
def user(measured: Measured, sign_in: SignIn) -> Api:
    """Give the service in the hands of a user."""
    return sign_in(url=measured.service.url)


def test_requests_are_counted_by_route_method_and_status(measured: Measured, user: Api) -> None:
    task = user.created()
    for _ in range(3):
        user.get(task["id"])
    user.get("marker")

    count = f"{DURATION}_count"
    assert measured.read(count, route="/api/tasks/{id}", method="GET", status="200") == 3
    assert measured.read(count, route="/api/tasks/{id}", method="GET", status="422") == 1
    assert measured.read(count, route="/api/tasks", method="POST", status="201") == 1
    assert measured.read(f"{DURATION}_sum", route="/api/tasks") > 0
    assert measured.read("tasks_worker_wait_seconds_count") >= 4


def test_labels_are_bounded_whatever_clients_send(measured: Measured) -> None:
    url = measured.service.url
    before = measured.requests()
    for n in range(50):
        send(url, request(f"GET /marker-{n}"))
        send(url, request(f"GET /api/tasks/marker-{n}", token=token_of(new_user())))
        send(url, request(f"GET /docs/marker-{n}"))
    for method in ("PROPFIND", "MKCOL", "LOCK", "SUBSCRIBE", "TRACE"):
        send(url, request(f"{method} /marker"))
    send(url, b"marker\r\n\r\n")

    assert measured.requests() - before == {
        ("none", "GET", "404"),
        ("/api/tasks/{id}", "GET", "422"),
        ("none", "other", "404"),
        ("none", "none", "400"),
    }


def test_refused_tokens_are_counted_by_reason(measured: Measured, user: Api) -> None:
    user.list({"Authorization": ""})
    user.list({"Authorization": f"Bearer {token_of('alice', exp=1)}"})
    user.list({"Authorization": "Bearer marker"})

    name = "tasks_token_refusals_total"
    found = {r: measured.read(name, reason=r) for r in REASONS}
    assert found == dict(zip(REASONS, (1, 1, 1, 0), strict=True))


def test_errors_of_the_database_are_counted_by_class(measured: Measured, user: Api) -> None:
    url = measured.service.database_url
    query(url, "ALTER TABLE tasks RENAME TO elsewhere")
    assert user.list().status_code == 503
    query(url, "ALTER TABLE elsewhere RENAME TO tasks")
    user.get(12345)

    assert measured.read("tasks_database_errors_total", sqlstate_class="42") == 1
    assert measured.read("tasks_database_errors_total") == 1


def test_the_pool_and_what_waits_are_shown(measured: Measured, user: Api) -> None:
    user.list()

    assert measured.read("tasks_pool_size") == 10
    assert measured.read("tasks_pool_connections") >= 1
    assert measured.read("tasks_pool_connections_in_use") == 0
    assert measured.read("tasks_workers_waiting") == 0
    assert measured.read("tasks_requests_in_flight") == 0
    assert measured.read("tasks_database_retries_total") == 0
    assert measured.read("tasks_build_info", contract="1.1.0", version="0.1.0") == 1
    assert measured.read("process_resident_memory_bytes") > 1_000_000


def test_what_is_asked_there_is_neither_counted_nor_logged(measured: Measured) -> None:
    before = len(logged(measured.service.log, "request"))
    counted = measured.read(f"{DURATION}_count")

    for _ in range(5):
        assert measured.read(f"{DURATION}_count") == counted
    assert len(logged(measured.service.log, "request")) == before


@pytest.mark.parametrize(
    "sent",
    [
        b"marker\r\n\r\n",
        b"\x16\x03\x01\x02\r\n\r\n",
        request("POST /metrics"),
        request("GET /metrics", b"Accept: \xff\xfe"),
        b"x" * 20_000,
    ],
    ids=["no request", "TLS", "POST", "an odd header", "no end"],
)
def test_nothing_that_is_sent_there_disturbs_it_or_the_service(
    measured: Measured, sent: bytes
) -> None:
    address = urlsplit(measured.metrics)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(sent)

        assert measured.read("tasks_pool_size") == 10
        assert httpx.get(f"{measured.service.url}/livez", verify=NO_TLS).status_code == 200
    assert failures(measured.service.log) == []


def test_each_process_counts_for_itself_on_a_port_of_its_own(
    tmp_path: Path, measured: Measured, sign_in: SignIn
) -> None:
    port = free_port()
    url = measured.service.database_url
    with running_service(tmp_path, url, METRICS_PORT=str(port)) as service:
        other = Measured(service, f"http://127.0.0.1:{port}")
        user_id = new_user()
        for each, times in ((measured, 3), (other, 4)):
            for _ in range(times):
                sign_in(user_id, url=each.service.url).list()
        counts = [m.read(f"{DURATION}_count", route="/api/tasks") for m in (measured, other)]

    assert counts == [3, 4]


def test_a_port_that_is_taken_is_one_line(tmp_path: Path, measured: Measured) -> None:
    port = measured.metrics.rpartition(":")[2]
    settings = {"DATABASE_URL": measured.service.database_url, "BETTER_AUTH_SECRET": SECRET}

    process = run("serve", folder=tmp_path, PORT=str(free_port()), METRICS_PORT=port, **settings)

    expected = f"Port {port} of 127.0.0.1 is in use. Stop what listens there, or set METRICS_PORT."
    assert (process.returncode, process.stderr) == (1, f"Error: {expected}\n")


def test_a_scraper_that_stays_does_not_hold_the_stop_up(measured: Measured) -> None:
    with httpx.Client(base_url=measured.metrics, verify=NO_TLS) as scraper:
        scraper.get("/metrics")
        measured.service.process.terminate()

        assert measured.service.process.wait(timeout=3) == 0


def test_without_a_port_prometheus_is_not_even_imported() -> None:
    program = "import sys, tasks_api.cli; print('prometheus_client' in sys.modules)"

    printed = subprocess.check_output([sys.executable, "-c", program], env=environment())

    assert printed == b"False\n"
