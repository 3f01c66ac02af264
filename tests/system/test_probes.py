"""What the probes of `deploy/kubernetes/` make of a service whose database is away."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tests.support.api import SignIn, error_of
from tests.support.manifests import SERVICE, container_of
from tests.support.service import FRONTEND, NO_TLS, Service, free_port, running_service

MANY = 12
"""More failures than Kubernetes takes by default, which is three."""

UNREACHABLE = "The database is unreachable or overloaded. Please try again."


class Probe:
    """A probe of the container, as the kubelet carries it out.

    `passes` changes after one success, and after `failureThreshold` failures in a row.
    """

    def __init__(self, service: Service, name: str) -> None:
        given = container_of(SERVICE)[f"{name}Probe"]
        self._url = service.url + given["httpGet"]["path"]
        self._timeout = given.get("timeoutSeconds", 1)
        self._threshold = given.get("failureThreshold", 3)
        self._failures = 0
        self.passes = False

    def ask(self) -> int:
        """Ask once, and return the status."""
        status = httpx.get(self._url, timeout=self._timeout, verify=NO_TLS).status_code
        self._failures = 0 if status < 400 else self._failures + 1
        if self._failures in {0, self._threshold}:
            self.passes = status < 400
        return status


@pytest.fixture
def server(tmp_path: Path) -> LocalPostgres:
    """Give a PostgreSQL that the test starts and stops; its address stays the same."""
    return LocalPostgres(tmp_path / "postgres", port=free_port(), fsync=False)


@pytest.fixture
def metrics_port() -> int:
    """Give the port of the replica's metrics."""
    return free_port()


@pytest.fixture
def replica(tmp_path: Path, server: LocalPostgres, metrics_port: int) -> Iterator[Service]:
    """Give a service whose database is migrated, and stopped."""
    with server:
        migrate(server.url)
    settings = {"FRONTEND_URL": FRONTEND, "METRICS_PORT": str(metrics_port)}
    with running_service(tmp_path, server.url, **settings) as service:
        yield service


def test_a_new_replica_waits_for_the_migration_and_is_not_restarted(
    tmp_path: Path, empty_database_url: str
) -> None:
    with running_service(tmp_path, empty_database_url) as service:
        readiness, liveness = Probe(service, "readiness"), Probe(service, "liveness")

        before = [readiness.ask() for _ in range(MANY)]
        was_ready = readiness.passes
        migrate(empty_database_url)
        after = readiness.ask()

        assert (set(before), was_ready) == ({503}, False)
        assert (after, readiness.passes) == (200, True)
        assert liveness.ask() == 200


def test_a_replica_starts_without_its_database(replica: Service) -> None:
    startup, readiness = Probe(replica, "startup"), Probe(replica, "readiness")

    startup.ask()
    readiness.ask()

    assert startup.passes
    assert not readiness.passes


def test_during_an_outage_the_replicas_stay_and_answer_browsers_in_json(
    server: LocalPostgres, replica: Service, sign_in: SignIn
) -> None:
    readiness, liveness = Probe(replica, "readiness"), Probe(replica, "liveness")
    browser = sign_in(url=replica.url)
    with server:
        assert (readiness.ask(), browser.list().status_code) == (200, 200)

    during = [(readiness.ask(), liveness.ask()) for _ in range(MANY)]
    answer = browser.list({"Origin": FRONTEND})

    assert set(during) == {(503, 200)}
    assert (readiness.passes, liveness.passes) == (True, True)
    assert error_of(answer) == (503, "SERVICE_UNAVAILABLE", UNREACHABLE)
    assert answer.headers["Access-Control-Allow-Origin"] == FRONTEND
    assert answer.headers["Retry-After"] == "1"


def test_the_probes_tell_the_metrics_of_the_end_of_an_outage(
    server: LocalPostgres, replica: Service, metrics_port: int, sign_in: SignIn
) -> None:
    readiness = Probe(replica, "readiness")
    sign_in(url=replica.url).list()
    during = available(metrics_port)

    with server:
        readiness.ask()
        after = available(metrics_port)

    assert (during, after) == (0, 1)


def test_the_probes_tell_the_metrics_of_an_outage_that_begins_while_nothing_is_asked(
    server: LocalPostgres, replica: Service, metrics_port: int
) -> None:
    readiness = Probe(replica, "readiness")
    with server:
        readiness.ask()
        before = available(metrics_port)

    status = readiness.ask()

    assert (before, status, available(metrics_port)) == (1, 503, 0)
    assert readiness.passes


def available(port: int) -> float:
    """Return `tasks_database_available`."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30, verify=NO_TLS).text
    (line,) = [line for line in text.splitlines() if line.startswith("tasks_database_available ")]
    return float(line.split()[1])
