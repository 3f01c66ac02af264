"""What a real Prometheus sees of a real service: each panel has data, and faults ring."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tests.support.api import Api, new_user, token_of
from tests.support.paths import ROOT
from tests.support.service import Service, running_service
from tests.system.faults.ports import lasting_port
from tests.system.monitoring.prometheus import JOB, Prometheus, watching

pytestmark = [pytest.mark.monitoring, pytest.mark.timeout(600)]

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "tasks-api.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
SERIES = ROOT / "build" / "dashboard.json"
VALUES = {"$job": JOB, "$instance": ".*", "$__rate_interval": "5s"}


@dataclass
class Watched:
    """A service that has been through some faults, and what Prometheus has seen of it."""

    prometheus: Prometheus
    began: float
    """When it worked well, in seconds since 1970; then the faults began, and ended."""
    faulty: float = 0.0
    ended: float = 0.0
    rang: dict[str, list[str]] = field(default_factory=dict)
    """The alerts that rang in each fault."""

    def ring(self, fault: str, *alerts: str) -> None:
        """Wait until these alerts ring, and note which ones do."""
        for alert in alerts:
            self.prometheus.wait_for(firing(alert))
        self.rang[fault] = sorted(it["metric"]["alertname"] for it in self.prometheus.now(firing()))


def firing(alert: str = "") -> str:
    name = f', alertname="{alert}"' if alert else ""
    return f'ALERTS{{alertstate="firing"{name}}}'


class Site:
    """A service and its own PostgreSQL, which can be stopped and started."""

    def __init__(self, folder: Path, cleanup: ExitStack) -> None:
        self._cleanup, self._folder, self._port = cleanup, folder, lasting_port()
        self.metrics_port = lasting_port()
        self._start_database()
        migrate(self._postgres.url)
        self.start()

    def start(self) -> None:
        settings = {"METRICS_PORT": str(self.metrics_port)}
        self._running = running_service(self._folder, self._postgres.url, **settings)
        self.service: Service = self._running.__enter__()
        self._cleanup.callback(self._running.__exit__, None, None, None)

    def stop(self) -> None:
        self.service.process.kill()
        self.service.process.wait()

    def without_database(self, seconds: float) -> None:
        self._postgres.__exit__(None, None, None)
        self.work(seconds)

    def _start_database(self) -> None:
        self._postgres = LocalPostgres(self._folder / "postgres", port=self._port, fsync=False)
        self._postgres.__enter__()
        self._cleanup.callback(self._postgres.__exit__, None, None, None)

    def with_database(self) -> None:
        self._start_database()

    def work(self, seconds: float) -> None:
        """Add, list, read, replace, flip and delete for some time, and make mistakes."""
        end = time.monotonic() + seconds
        with Api(self.service.url, new_user()) as api:
            while time.monotonic() < end:
                created = api.create(title="Buy milk").json()
                task = created["data"]["id"] if "data" in created else 1
                api.list()
                api.get(task)
                api.update(task, title="Buy oats")
                api.toggle(task)
                api.delete(task)
                api.get(task)
                api.create(title="")
                api.list({"Authorization": f"Bearer {token_of('alice', exp=1)}"})
                time.sleep(0.02)

    def locked(self, seconds: float) -> None:
        """Work while another session keeps the table to itself."""
        blocker = psycopg2.connect(self._postgres.url)
        blocker.cursor().execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(8) as users:
            list(users.map(self.work, [seconds] * 8))
        blocker.close()

    def forge(self, seconds: float) -> None:
        """Send tokens of another secret, more of them than of the right one until now."""
        token = token_of("alice", secret="x" * 40)
        with ThreadPoolExecutor(4) as forgers:
            list(forgers.map(lambda _: self._forge(token, seconds), range(4)))

    def _forge(self, token: str, seconds: float) -> None:
        end = time.monotonic() + seconds
        with Api(self.service.url, "alice", token) as forger:
            while time.monotonic() < end:
                forger.list()


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Give a service that has worked, failed and been stopped under the eyes of Prometheus."""
    folder = tmp_path_factory.mktemp("monitored")
    with ExitStack() as cleanup:
        site = Site(folder, cleanup)
        prometheus = cleanup.enter_context(watching(folder, site.metrics_port))
        prometheus.wait_for(f'up{{job="{JOB}"}} == 1')
        prometheus.wait_for("absent(ALERTS)")  # Until it knew a target, there was none.
        watched = Watched(prometheus, time.time())
        site.work(10)
        watched.ring("none")
        watched.faulty = time.time()
        site.without_database(5)
        watched.ring("no database", "TasksDatabaseUnavailable", "TasksRequestsFail")
        site.with_database()
        site.work(3)
        site.locked(4)
        watched.ring("a lock", "TasksRequestsSlow")
        site.forge(8)
        watched.ring("forged tokens", "TasksTokensRefused")
        site.work(4)
        watched.ended = time.time()
        site.stop()
        watched.ring("no service", "TasksApiDown")
        for _ in range(3):
            site.start()
            time.sleep(2.5)
            site.stop()
        watched.ring("restarts", "TasksApiRestarts")
        yield watched


def expressions(panel: dict[str, Any]) -> list[str]:
    """Return what a panel asks for, with values for its variables."""
    found = [target["expr"] for target in panel["targets"]]
    for name, value in VALUES.items():
        found = [expression.replace(name, value) for expression in found]
    return found


def test_nothing_rings_while_all_is_well(watched: Watched) -> None:
    assert watched.rang["none"] == []
    assert watched.prometheus.between(firing(), watched.began, watched.faulty) == []


@pytest.mark.parametrize(
    ("fault", "alerts"),
    [
        ("no database", {"TasksDatabaseUnavailable", "TasksRequestsFail"}),
        ("a lock", {"TasksRequestsSlow"}),
        ("forged tokens", {"TasksTokensRefused"}),
        ("no service", {"TasksApiDown"}),
        ("restarts", {"TasksApiRestarts"}),
    ],
)
def test_a_fault_rings(watched: Watched, fault: str, alerts: set[str]) -> None:
    assert alerts <= set(watched.rang[fault])


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_shows_what_has_happened(watched: Watched, panel: dict[str, Any]) -> None:
    for expression in expressions(panel):
        series = watched.prometheus.between(expression, watched.began, watched.ended)

        assert [value for each in series for _, value in each["values"] if value != "NaN"]


def test_the_data_of_the_picture_is_kept(watched: Watched) -> None:
    data = {
        panel["title"]: [
            watched.prometheus.between(expression, watched.began, watched.ended)
            for expression in expressions(panel)
        ]
        for panel in PANELS
    }
    SERIES.parent.mkdir(exist_ok=True)
    SERIES.write_text(json.dumps(data), encoding="utf-8")

    assert all(all(series) for series in data.values())
