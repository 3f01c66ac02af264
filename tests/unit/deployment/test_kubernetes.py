"""The parts of `deploy/kubernetes/` fit each other; `make lint` knows the schemas."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import DEFAULT_ENDPOINT

from boundary.docs import PATHS
from persistence.migrate import CONNECT_TIMEOUT, LOCK_TIMEOUT
from tasks_api.server.shutdown import EXIT
from tasks_api.settings import Settings
from tests.support.manifests import (
    FOLDER,
    KUSTOMIZATION,
    MIGRATION,
    SERVICE,
    container_of,
    labels_of,
    pod_of,
    read,
    settings_of,
)
from tests.support.paths import ROOT

DEFAULTS = Settings.model_fields
WORKLOADS = pytest.mark.parametrize("workload", [SERVICE, MIGRATION], ids=["service", "migration"])
DAY = 24 * 3600
BEFORE_A_TRY = 5
"""Seconds, at most, from the start of a pod to the first connection of its migration."""

FIRST_PAUSE, LONGEST_PAUSE = 10, 360
"""Seconds between the tries of a Job: each is twice as long as the one before."""

WORK = 120
"""Seconds for the pull of the image and for the migration itself. What takes longer on a large
table, such as an index, is made by hand before (CONTRIBUTING.md)."""

POSTGRESQL, HTTPS = 5432, 443
CONNECTIONS = 97
"""Of the smallest compute of Neon: see `docs/neon.md`."""


def namespace(name: str) -> dict[str, Any]:
    """Return what selects a namespace in a network policy."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


def test_every_file_is_a_resource_but_the_example_of_a_secret() -> None:
    files = {file.name for file in FOLDER.glob("*.yaml")}

    assert set(KUSTOMIZATION["resources"]) == files - {"kustomization.yaml", "secret.example.yaml"}
    assert read("namespace")["metadata"]["name"] == KUSTOMIZATION["namespace"]


@WORKLOADS
def test_a_workload_has_the_image_of_the_kustomization(workload: Mapping[str, Any]) -> None:
    (image,) = KUSTOMIZATION["images"]

    assert container_of(workload)["image"] == image["name"]


@WORKLOADS
def test_a_workload_has_no_rights(workload: Mapping[str, Any]) -> None:
    pod, container = pod_of(workload), container_of(workload)

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert set(container["resources"]["limits"]) == {"cpu", "memory"}


@WORKLOADS
def test_every_setting_is_one_of_the_service(workload: Mapping[str, Any]) -> None:
    known = {name.upper() for name in DEFAULTS}

    assert set(settings_of(workload)) <= known | {"METRICS_PORT"}


@WORKLOADS
def test_every_secret_is_in_the_example(workload: Mapping[str, Any]) -> None:
    secret = read("secret.example")

    for variable in container_of(workload)["env"]:
        reference = variable["valueFrom"]["secretKeyRef"]

        assert reference["name"] == secret["metadata"]["name"]
        assert reference["key"] == variable["name"]
        assert variable["name"] in secret["stringData"]


def test_only_the_migration_knows_the_direct_url() -> None:
    assert "DATABASE_URL_UNPOOLED" not in set(settings_of(SERVICE))
    assert "DATABASE_URL_UNPOOLED" in set(settings_of(MIGRATION))


def test_the_migration_has_another_role_than_the_service() -> None:
    urls = read("secret.example")["stringData"]
    roles = {name: urlsplit(urls[name]).username for name in urls if name.startswith("DATABASE")}
    (direct,) = [v for v in container_of(MIGRATION)["env"] if v["name"] == "DATABASE_URL_UNPOOLED"]

    assert roles == {"DATABASE_URL": "tasks_service", "DATABASE_URL_UNPOOLED": "OWNER"}
    assert "optional" not in direct["valueFrom"]["secretKeyRef"]


def test_what_is_for_inside_is_not_passed_on() -> None:
    (rule,) = read("ingress")["spec"]["rules"]
    paths = {each["path"] for each in rule["http"]["paths"]}
    backends = [each["backend"]["service"] for each in rule["http"]["paths"]]

    published = {path.decode() for path in PATHS if not path.startswith(b"/docs/")}
    assert paths == {"/api", "/"} | published
    assert backends == [{"name": "tasks-api", "port": {"name": "http"}}] * len(paths)


def test_requests_reach_the_service_and_not_the_migration() -> None:
    selector = read("service")["spec"]["selector"]

    assert selector.items() <= labels_of(SERVICE).items()
    assert not selector.items() <= labels_of(MIGRATION).items()


def test_what_selects_the_service_selects_it() -> None:
    matched = SERVICE["spec"]["selector"]["matchLabels"]
    guarded = read("disruption-budget")["spec"]["selector"]["matchLabels"]
    allowed = read("network-policy")["spec"]["podSelector"]["matchLabels"]

    assert matched == guarded == labels_of(SERVICE)
    assert allowed.items() <= labels_of(SERVICE).items() & labels_of(MIGRATION).items()
    assert read("autoscaler")["spec"]["scaleTargetRef"]["name"] == SERVICE["metadata"]["name"]


def test_the_autoscaler_alone_says_how_many_there_are() -> None:
    assert "replicas" not in SERVICE["spec"]


def test_replicas_are_added_at_the_rate_that_was_measured() -> None:
    (metric,) = read("autoscaler")["spec"]["metrics"]
    requested = int(container_of(SERVICE)["resources"]["requests"]["cpu"].removesuffix("m"))
    target = requested * metric["resource"]["target"]["averageUtilization"] / 100
    document = (ROOT / "docs" / "deploy" / "kubernetes.md").read_text(encoding="utf-8")
    (stated,) = re.findall(r"is about (\d+) requests/s", document)
    measured = {
        int(rate.replace(",", "")): int(cpu)
        for rate, cpu in re.findall(r"^\| ([\d,]+)\b[^|]* \| (\d+)m\b", document, re.MULTILINE)
    }

    assert measured[int(stated)] <= target < measured[max(measured)] <= requested


def test_every_port_that_is_named_is_one_of_the_container() -> None:
    container = container_of(SERVICE)
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    (served,) = read("service")["spec"]["ports"]
    admitted = [rule["ports"] for rule in read("network-policy")["spec"]["ingress"]]

    assert ports == {"http": DEFAULTS["port"].default, "metrics": 9090}
    assert served["targetPort"] == "http"
    assert {port["port"] for rule in admitted for port in rule} == set(ports)


def test_the_metrics_are_for_prometheus_alone() -> None:
    admitted = read("network-policy")["spec"]["ingress"]

    (rule,) = [rule for rule in admitted if {"port": "metrics"} in rule["ports"]]
    assert rule["from"] == [namespace("monitoring")]


def test_a_pod_with_the_label_may_call_the_service_from_any_namespace() -> None:
    labelled = {"podSelector": {"matchLabels": {"tasks-api/caller": "true"}}}
    caller = {"from": [{"namespaceSelector": {}, **labelled}], "ports": [{"port": "http"}]}

    assert caller in read("network-policy")["spec"]["ingress"]


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
def test_names_are_resolved_by_the_cluster(protocol: str) -> None:
    (dns,) = [rule for rule in read("network-policy")["spec"]["egress"] if "to" in rule]

    assert {"port": 53, "protocol": protocol} in dns["ports"]
    assert namespace("kube-system").items() <= dns["to"][0].items()


def test_what_the_service_connects_to_is_let_out() -> None:
    urls = read("secret.example")["stringData"]
    databases = {urlsplit(urls[n]).port or POSTGRESQL for n in urls if n.startswith("DATABASE")}
    rules = read("network-policy")["spec"]["egress"]

    let_out = {port["port"] for rule in rules if "to" not in rule for port in rule["ports"]}

    assert let_out == databases | {HTTPS, urlsplit(DEFAULT_ENDPOINT).port}


def test_the_probes_ask_what_the_service_answers() -> None:
    container = container_of(SERVICE)
    paths = {
        name: container[f"{name}Probe"]["httpGet"]["path"]
        for name in ("startup", "liveness", "readiness")
    }

    assert paths == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}
    assert container["readinessProbe"]["timeoutSeconds"] > DEFAULTS["request_timeout"].default


def test_a_replica_stays_ready_during_an_outage_of_the_database() -> None:
    readiness = container_of(SERVICE)["readinessProbe"]

    assert readiness["failureThreshold"] * readiness["periodSeconds"] >= DAY


def test_a_replica_has_the_time_to_answer_what_it_was_asked() -> None:
    before = container_of(SERVICE)["lifecycle"]["preStop"]["sleep"]["seconds"]

    assert pod_of(SERVICE)["terminationGracePeriodSeconds"] > before + EXIT


def test_the_migration_has_the_time_for_every_try_and_for_its_work() -> None:
    again = MIGRATION["spec"]["backoffLimit"]
    pauses = [min(FIRST_PAUSE * 2**n, LONGEST_PAUSE) for n in range(again)]
    in_vain = (again + 1) * (BEFORE_A_TRY + CONNECT_TIMEOUT + LOCK_TIMEOUT) + sum(pauses)

    assert in_vain + WORK <= MIGRATION["spec"]["activeDeadlineSeconds"]


def test_a_roll_out_waits_for_the_migration_and_for_the_start_of_a_replica() -> None:
    container, spec = container_of(SERVICE), SERVICE["spec"]
    startup, readiness = container["startupProbe"], container["readinessProbe"]
    start = startup["periodSeconds"] * startup["failureThreshold"]
    noticed = readiness["periodSeconds"] + readiness["timeoutSeconds"]
    after = start + noticed + spec["minReadySeconds"]

    assert spec["progressDeadlineSeconds"] > MIGRATION["spec"]["activeDeadlineSeconds"] + after


def test_the_replicas_together_fit_into_the_smallest_compute_of_neon() -> None:
    at_most = read("autoscaler")["spec"]["maxReplicas"]
    at_most += SERVICE["spec"]["strategy"]["rollingUpdate"]["maxSurge"]

    assert at_most * DEFAULTS["database_pool_size"].default <= CONNECTIONS
