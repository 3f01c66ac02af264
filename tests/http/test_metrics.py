"""What Prometheus is told, on a port of its own."""

import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from boundary import contract
from tests.support.api import Api, SignIn, new_user, token_of
from tests.support.command import run
from tests.support.database import new_database, query
from tests.support.log import awaited, failures, logged
from tests.support.raw import request, send
from tests.support.service import NO_TLS, SECRET, Service, environment, free_port, running_service

REASONS = ("missing_token", "expired", "not_a_jwt", "invalid_signature")
DURATION = "http_server_request_duration_seconds"
LABELS = ("http_route", "http_request_method", "http_response_status_code", "error_type")
ACTIVE = "http_server_active_requests"
POOL_SIZE = "db_client_connection_max"


class Measured:
    """A service with metrics."""

    def __init__(self, service: Service, metrics: str) -> None:
        self.service = service
        self.metrics = metrics
        self._before = self._samples()

    def read(self, name: str, **labels: str) -> float:
        """Return the sum of the samples with this name and these labels.

        Of what only grows, that is how much it has grown since this object was made.
        """
        now = self._sum(self._samples(), name, labels)
        is_counter = name.endswith(("_total", "_seconds_count", "_sum"))
        return now - self._sum(self._before, name, labels) if is_counter else now

    def _samples(self) -> list[Sample]:
        text = httpx.get(f"{self.metrics}/metrics", verify=NO_TLS).text
        families = text_string_to_metric_families(text)
        return [sample for family in families for sample in family.samples]

    @staticmethod
    def _sum(samples: list[Sample], name: str, labels: dict[str, str]) -> float:
        found = [s for s in samples if s.name == name and labels.items() <= s.labels.items()]
        return sum(sample.value for sample in found)

    def requests(self) -> set[tuple[str, ...]]:
        """Return the routes, methods, statuses and types of errors that have been counted."""
        return {
            tuple(sample.labels[label] for label in LABELS)
            for sample in self._samples()
            if sample.name.startswith(DURATION)
        }


@pytest.fixture(scope="module")
def measured_service(
    postgres: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Service, str]]:
    """Give a service with metrics, and where they are."""
    port = free_port()
    folder = tmp_path_factory.mktemp("measured")
    with (
        new_database(postgres, template=migrated_template) as url,
        running_service(folder, url, METRICS_PORT=str(port)) as service,
    ):
        yield service, f"http://127.0.0.1:{port}"


@pytest.fixture
def measured(measured_service: tuple[Service, str]) -> Measured:
    """Give that service, and what it counts from now on."""
    return Measured(*measured_service)


@pytest.fixture
def user(measured: Measured, sign_in: SignIn) -> Api:
    """Give the service in the hands of a user."""
    return sign_in(url=measured.service.url)


def test_requests_are_counted_by_route_method_and_status(measured: Measured, user: Api) -> None:
    task = user.created()
    for _ in range(3):
        user.get(task["id"])
    user.get("marker")

    def counted(*values: str) -> float:
        return measured.read(f"{DURATION}_count", **dict(zip(LABELS, values, strict=True)))

    assert counted("/api/tasks/{id}", "GET", "200", "") == 3
    assert counted("/api/tasks/{id}", "GET", "422", "") == 1
    assert counted("/api/tasks", "POST", "201", "") == 1
    assert measured.read(f"{DURATION}_sum", http_route="/api/tasks") > 0
    assert measured.read("db_client_connection_wait_time_seconds_count") >= 4


def test_labels_are_bounded_whatever_clients_send(measured: Measured) -> None:
    url = measured.service.url
    methods = ("PROPFIND", "MKCOL", "LOCK", "SUBSCRIBE", "TRACE")
    for n in range(50):
        send(url, request(f"GET /marker-{n}"))
        send(url, request(f"GET /api/tasks/marker-{n}", token=token_of(new_user())))
        send(url, request(f"GET /docs/marker-{n}"))
    for method in methods:
        send(url, request(f"{method} /marker"))
    send(url, b"marker\r\n\r\n")

    counted = measured.requests()
    assert {
        ("", "GET", "404", ""),
        ("/api/tasks/{id}", "GET", "422", ""),
        ("", "_OTHER", "404", ""),
        ("", "_OTHER", "400", ""),
    } <= counted
    labels = {label for request_labels in counted for label in request_labels}
    assert not [label for label in labels if "marker" in label or label in methods]


def test_refused_tokens_are_counted_by_reason(measured: Measured, user: Api) -> None:
    user.list({"Authorization": ""})
    user.list({"Authorization": f"Bearer {token_of('alice', exp=1)}"})
    user.list({"Authorization": "Bearer marker"})
    user.list({"Authorization": f"Bearer {token_of('alice', secret='x' * 32)}"})

    name = "tasks_token_refusals_total"
    found = {r: measured.read(name, reason=r) for r in REASONS}
    assert found == dict(zip(REASONS, (1, 1, 1, 1), strict=True))


def test_errors_of_the_database_are_counted_by_class(measured: Measured, user: Api) -> None:
    url = measured.service.database_url
    query(url, "ALTER TABLE tasks RENAME TO elsewhere")
    assert user.list().status_code == 503
    assert measured.read("tasks_database_available") == 0
    query(url, "ALTER TABLE elsewhere RENAME TO tasks")
    user.get(12345)

    assert measured.read("tasks_database_available") == 1

    assert measured.read("tasks_database_errors_total", sqlstate_class="42") == 1
    assert measured.read("tasks_database_errors_total") == 1


def test_a_lock_that_is_waited_for_too_long_leaves_the_database_available(
    measured: Measured, user: Api
) -> None:
    with closing(psycopg2.connect(measured.service.database_url)) as blocker:
        blocker.cursor().execute("LOCK TABLE tasks")
        assert user.list().status_code == 503

    assert measured.read("tasks_database_errors_total", sqlstate_class="55") == 1
    assert measured.read("tasks_database_available") == 1


def test_the_pool_and_what_waits_are_shown(measured: Measured, user: Api) -> None:
    user.list()

    state = "db_client_connection_state"
    assert measured.read(POOL_SIZE) == 10
    assert measured.read("db_client_connection_count", **{state: "idle"}) >= 1
    assert measured.read("db_client_connection_count", **{state: "used"}) == 0
    assert measured.read("db_client_connection_pending_requests") == 0
    assert measured.read(ACTIVE) == 0
    assert measured.read("tasks_database_retries_total") == 0
    assert (
        measured.read(
            "tasks_build_info",
            contract=contract.load()["info"]["version"],
            version=version("tasks-api"),
        )
        == 1
    )
    assert measured.read("process_resident_memory_bytes") > 0


def test_what_is_asked_there_is_neither_counted_nor_logged(measured: Measured) -> None:
    send(measured.service.url, request("GET /nothing", "X-Request-ID: before"))
    awaited(measured.service.log, "request", request_id="before")
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

        assert measured.read(POOL_SIZE) == 10
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
        counts = [m.read(f"{DURATION}_count", http_route="/api/tasks") for m in (measured, other)]

    assert counts == [3, 4]


def test_a_port_that_is_taken_is_one_line(tmp_path: Path, measured: Measured) -> None:
    port = measured.metrics.rpartition(":")[2]
    settings = {"DATABASE_URL": measured.service.database_url, "BETTER_AUTH_SECRET": SECRET}

    process = run("serve", folder=tmp_path, PORT=str(free_port()), METRICS_PORT=port, **settings)

    expected = f"Port {port} of 127.0.0.1 is in use. Stop what listens there, or set METRICS_PORT."
    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == f"Error: {expected}\n"


def test_a_scraper_that_stays_does_not_hold_the_stop_up(tmp_path: Path, database_url: str) -> None:
    port = free_port()
    with (
        running_service(tmp_path, database_url, METRICS_PORT=str(port)) as service,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", verify=NO_TLS) as scraper,
    ):
        scraper.get("/metrics")
        service.process.terminate()

        assert service.process.wait(timeout=30) == 0


def test_without_a_port_prometheus_is_not_even_imported() -> None:
    program = "import sys, tasks_api.cli; print('prometheus_client' in sys.modules)"

    printed = subprocess.check_output([sys.executable, "-c", program], env=environment())

    assert printed == b"False\n"


def test_a_refused_request_on_a_lost_connection_is_not_in_flight(
    measured: Measured, user: Api
) -> None:
    list_ = request("GET /api/tasks", token=user.token)
    broken = request("POST /api/tasks", "Transfer-Encoding: chunked", token=user.token) + b"z\r\n"
    address = urlsplit(measured.service.url)

    with closing(psycopg2.connect(measured.service.database_url)) as session:
        session.cursor().execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(list_ + list_ + broken)
            while measured.read(ACTIVE) < 3:
                time.sleep(0.02)
            # Closing resets the connection: the first answer fails, and no other is sent.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    while measured.read(ACTIVE) > 0:  # The test's time limit is the bound.
        time.sleep(0.02)
