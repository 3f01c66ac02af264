"""`docs/operations.md` names every setting, every event and every metric, and no others."""

import re
import subprocess
import sys

from prometheus_client.metrics_core import Metric

from persistence.pool import PoolState
from tasks_api.observability.events import Event
from tasks_api.observability.metrics import Metrics
from tasks_api.observability.request_log import RequestLog
from tasks_api.security.refusals import Refusal
from tasks_api.settings import Settings
from tests.support.paths import ROOT
from tests.support.service import SECRET, environment

DOCUMENT = ROOT / "docs" / "operations.md"
SECTIONS = dict(
    part.partition("\n")[::2] for part in DOCUMENT.read_text(encoding="utf-8").split("\n## ")[1:]
)
REASONS = {refusal.code for refusal in Refusal}
SUFFIXES = {"counter": "_total", "info": "_info"}


def rows(section: str) -> list[list[str]]:
    lines = re.findall(r"^\| `.*\|$", SECTIONS[section], re.MULTILINE)
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def metrics() -> dict[str, Metric]:
    measured = Metrics(
        contract="1", operations=[], refusals=REASONS, pool=lambda: PoolState(1, 1, 1, 0, 0)
    )
    families = measured.registry.collect()
    return {family.name + SUFFIXES.get(family.type, ""): family for family in families}


def default_of(name: str) -> str:
    field = Settings.model_fields[name]
    if field.is_required():
        return "required"
    value = field.get_default()
    return "" if value in (None, ()) else str(value).removesuffix(".0")


def test_every_setting_is_there_with_its_default() -> None:
    documented = {
        name.strip("`").lower(): default.strip("`") for name, default, _ in rows("Settings")
    }

    assert documented == {name: default_of(name) for name in Settings.model_fields}


def test_every_event_is_there_once() -> None:
    documented = [row[0].strip("`") for row in rows("Log")]

    assert sorted(documented) == sorted(Event)


def test_every_metric_is_there_with_its_labels() -> None:
    documented = {row[0].strip("`"): set(re.findall(r"`(\w+)`", row[1])) for row in rows("Metrics")}

    assert set(documented) == set(metrics())
    for name, metric in metrics().items():
        for sample in metric.samples:
            assert set(sample.labels) - {"le"} == documented[name]


def test_every_alert_asks_for_metrics_labels_and_reasons_that_there_are() -> None:
    asked = set(re.findall(r"\b(?:tasks|process)_[a-z_]+", SECTIONS["Alerts"])) - {"tasks_api"}

    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in asked} <= set(metrics())
    for reason in re.findall(r"reason!~\"(.+?)\"", SECTIONS["Alerts"]):
        assert set(reason.split("\\|")) <= REASONS


def test_the_command_finds_a_user() -> None:
    command = re.search(r"python -c '(.+)' USER_ID", SECTIONS["Log"])

    assert command is not None
    printed = subprocess.check_output(
        [sys.executable, "-c", command[1], "alice"], env=environment(BETTER_AUTH_SECRET=SECRET)
    )
    assert printed.decode().strip() == RequestLog(SECRET).pseudonym_of("alice")
