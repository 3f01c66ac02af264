"""`deploy/prometheus/`: alerts are about what is measured, and each has a test and a row."""

import json
import re
from typing import Any

import pytest
import yaml

from boundary import contract
from persistence.pool import PoolState
from tasks_api.observability.metrics import Metrics
from tests.support.manifests import KUSTOMIZATION, SERVICE, container_of
from tests.support.paths import ROOT

FOLDER = ROOT / "deploy" / "prometheus"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0][
    "rules"
]
TESTS = (FOLDER / "alerts_test.yaml").read_text(encoding="utf-8")
DOCUMENT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
NAME = re.compile(r"\b(?:tasks|process|http_server|db_client)_[a-z_]+\b")
every_alert = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])


@pytest.fixture(scope="module")
def exported() -> set[str]:
    """Give the names of all series of a service that has answered nothing yet."""
    metrics = Metrics(
        contract="1",
        operations=contract.operations(contract.load()),
        refusals=["expired"],
        pool=lambda: PoolState(1, 1, 1, 0, 0),
    )
    return {sample.name for family in metrics.registry.collect() for sample in family.samples}


@every_alert
def test_an_alert_is_about_series_that_are_there_from_the_start(
    rule: dict[str, Any], exported: set[str]
) -> None:
    assert set(NAME.findall(rule["expr"])) <= exported


@every_alert
def test_an_alert_rings_in_a_test_and_has_a_row(rule: dict[str, Any]) -> None:
    assert f'{{alertname="{rule["alert"]}", alertstate="firing"' in TESTS
    assert f"| `{rule['alert']}` | " in DOCUMENT
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_on_kubernetes_the_alerts_are_about_the_job_and_the_port_that_are_scraped() -> None:
    scraping = yaml.safe_load((FOLDER / "kubernetes.yaml").read_text(encoding="utf-8"))
    (job,) = scraping["scrape_configs"]
    (found,) = job["kubernetes_sd_configs"]
    kept = [rule["regex"] for rule in job["relabel_configs"] if rule.get("action") == "keep"]

    assert all(f'job="{job["job_name"]}"' in rule["expr"] for rule in RULES)
    assert found["namespaces"]["names"] == [KUSTOMIZATION["namespace"]]
    assert {port["name"] for port in container_of(SERVICE)["ports"]} >= set(kept) == {"metrics"}


def test_every_operation_has_a_series_for_its_first_500() -> None:
    metrics = Metrics(
        contract="1",
        operations=[("/api/tasks", "GET")],
        refusals=[],
        pool=lambda: PoolState(1, 1, 1, 0, 0),
    )

    labels = {
        "http_route": "/api/tasks",
        "http_request_method": "GET",
        "http_response_status_code": "500",
        "error_type": "500",
    }
    name = "http_server_request_duration_seconds_count"
    assert metrics.registry.get_sample_value(name, labels) == 0


def test_the_dashboard_is_about_series_that_are_there_from_the_start(exported: set[str]) -> None:
    dashboard = json.loads((ROOT / "deploy" / "grafana" / "tasks-api.json").read_text("utf-8"))

    names = set(NAME.findall(str([panel.get("targets") for panel in dashboard["panels"]])))

    assert names - {"db_client_connection_state"} <= exported
