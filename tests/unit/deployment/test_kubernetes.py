"""The parts of `deploy/kubernetes/` fit each other; `make lint` knows the schemas."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import DEFAULT_ENDPOINT

from boundary.docs import PATHS
from persistence.migrate import CONNECT_TIMEOUT, LOCK_TIMEOUT
from tasks_api.server.shutdown import EXIT
from tasks_api.settings import Settings
from tests.support.manifests import (
    FOLDER,
    FRONTEND,
    FRONTENDS_KUSTOMIZATION,
    KUSTOMIZATION,
    MIGRATION,
    SERVICE,
    WORKLOADS,
    Workload,
    container_of,
    containers_of,
    labels_of,
    literals_of,
    pod_of,
    read,
    settings_of,
)
from tests.support.paths import ROOT

DEFAULTS = Settings.model_fields
every_workload = pytest.mark.parametrize("workload", WORKLOADS.values(), ids=WORKLOADS)
DAY = 24 * 3600
BEFORE_A_TRY = 5
"""Seconds, at most, from the start of a pod to the first connection of its migration."""

FIRST_PAUSE, LONGEST_PAUSE = 10, 360
"""Seconds between the tries of a Job: each is twice as long as the one before."""

WORK = 120
"""Seconds for the pull of the image and for the migration itself. What takes longer on a large
table, such as an index, is made by hand before (CONTRIBUTING.md)."""

DOCUMENT = (ROOT / "docs" / "deploy" / "kubernetes.md").read_text(encoding="utf-8")
POSTGRESQL, HTTPS = 5432, 443
CONNECTIONS = 97
"""Of the smallest compute of Neon: see `docs/neon.md`."""


def namespace(name: str) -> dict[str, Any]:
    """Return what selects a namespace in a network policy."""
    return {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}}}


@every_workload
def test_the_urls_of_the_example_bind_the_password_to_the_channel(workload: Workload) -> None:
    """`tasks-api check` warns of those at Neon that do not."""
    for name in ("DATABASE_URL", "DATABASE_URL_UNPOOLED"):
        query = parse_qs(urlsplit(workload.secret["stringData"][name]).query)

        assert query == {"sslmode": ["require"], "channel_binding": ["require"]}


@pytest.mark.parametrize("folder", ["", "frontend/"])
def test_every_file_is_a_resource_but_the_example_of_a_secret(folder: str) -> None:
    kustomization = read(f"{folder}kustomization")
    files = {file.name for file in (FOLDER / folder).glob("*.yaml")}

    assert set(kustomization["resources"]) == files - {"kustomization.yaml", "secret.example.yaml"}
    assert read(f"{folder}namespace")["metadata"]["name"] == kustomization["namespace"]


@every_workload
def test_a_workload_has_the_image_of_the_kustomization(workload: Workload) -> None:
    (image,) = workload.kustomization["images"]

    assert {each["image"] for each in containers_of(workload.resource)} == {image["name"]}


@every_workload
def test_a_workload_has_no_rights(workload: Workload) -> None:
    pod = pod_of(workload.resource)

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 10001,
        "runAsGroup": 10001,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for container in containers_of(workload.resource):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]["limits"]) == {"cpu", "memory"}


@pytest.mark.parametrize("name", ["service", "migration"])
def test_every_setting_is_one_of_the_service(name: str) -> None:
    known = {name.upper() for name in DEFAULTS}

    assert set(settings_of(WORKLOADS[name])) <= known


def test_every_setting_of_the_frontend_is_one_that_it_knows() -> None:
    example = (ROOT / "frontend" / ".env.example").read_text(encoding="utf-8")
    known = set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE))

    assert set(settings_of(WORKLOADS["frontend"])) == known | {"HOSTNAME"}


@every_workload
def test_every_secret_is_in_the_example(workload: Workload) -> None:
    for container in containers_of(workload.resource):
        for variable in container["env"]:
            reference = variable["valueFrom"]["secretKeyRef"]

            assert reference["name"] == workload.secret["metadata"]["name"]
            assert reference["key"].startswith(variable["name"])
            assert reference["key"] in workload.secret["stringData"]


def test_only_the_migration_knows_the_direct_url() -> None:
    assert "DATABASE_URL_UNPOOLED" not in set(settings_of(WORKLOADS["service"]))
    assert "DATABASE_URL_UNPOOLED" in set(settings_of(WORKLOADS["migration"]))


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
    (stated,) = re.findall(r"is about (\d+) requests/s", DOCUMENT)
    measured = {
        int(rate.replace(",", "")): int(cpu)
        for rate, cpu in re.findall(r"^\| ([\d,]+)\b[^|]* \| (\d+)m\b", DOCUMENT, re.MULTILINE)
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

    assert paths == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz?deep=1"}
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


def test_the_document_waits_as_long_as_the_deadlines_and_counts_every_replica() -> None:
    replicas = read("autoscaler")["spec"]["maxReplicas"]
    replicas += SERVICE["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    deadline = MIGRATION["spec"]["activeDeadlineSeconds"]

    assert set(re.findall(r"--timeout=(\d+)s", DOCUMENT)) == {str(deadline)}
    assert f"| {deadline} s (`activeDeadlineSeconds`)" in DOCUMENT
    assert f"| {SERVICE['spec']['progressDeadlineSeconds']} s (`progress" in DOCUMENT
    assert f"check --replicas {replicas}\n" in DOCUMENT


def test_the_replicas_together_fit_into_the_smallest_compute_of_neon() -> None:
    at_most = read("autoscaler")["spec"]["maxReplicas"]
    at_most += SERVICE["spec"]["strategy"]["rollingUpdate"]["maxSurge"]

    assert at_most * DEFAULTS["database_pool_size"].default <= CONNECTIONS


def test_frontend_and_service_know_each_other() -> None:
    service, frontend = literals_of(KUSTOMIZATION), literals_of(FRONTENDS_KUSTOMIZATION)
    (api,) = read("ingress")["spec"]["rules"]
    (pages,) = read("frontend/ingress")["spec"]["rules"]

    assert frontend["BETTER_AUTH_URL"] == f"https://{pages['host']}"
    assert frontend["BETTER_AUTH_URL"] == service["FRONTEND_URL"] == service["JWT_AUDIENCE"]
    assert frontend["TASKS_API_URL"] == f"https://{api['host']}"


def test_the_frontend_is_asked_as_its_image_asks_itself() -> None:
    container = container_of(FRONTEND)
    dockerfile = (ROOT / "frontend" / "Dockerfile").read_text(encoding="utf-8")
    (asked,) = re.findall(r"process\.env\.PORT}(/[\w.]+)`", dockerfile)
    probes = [container[f"{name}Probe"] for name in ("startup", "liveness", "readiness")]

    assert {probe["httpGet"]["path"] for probe in probes} == {asked}
    assert f"EXPOSE {container['ports'][0]['containerPort']}\n" in dockerfile


def test_the_frontend_migrates_before_it_starts() -> None:
    (migration,) = pod_of(FRONTEND)["initContainers"]
    (url,) = [each["valueFrom"] for each in migration["env"] if each["name"] == "DATABASE_URL"]

    assert migration["args"] == ["migrate.cjs"]
    assert url["secretKeyRef"]["key"] == "DATABASE_URL_UNPOOLED"


def test_what_selects_the_frontend_selects_it() -> None:
    selectors = [
        FRONTEND["spec"]["selector"]["matchLabels"],
        read("frontend/service")["spec"]["selector"],
        read("frontend/disruption-budget")["spec"]["selector"]["matchLabels"],
        read("frontend/network-policy")["spec"]["podSelector"]["matchLabels"],
    ]

    assert selectors == [labels_of(FRONTEND)] * len(selectors)


def test_the_frontend_reaches_the_api_its_database_and_nothing_else() -> None:
    dns, *others = read("frontend/network-policy")["spec"]["egress"]

    assert dns == read("network-policy")["spec"]["egress"][0]
    assert others == [{"ports": [{"port": HTTPS}]}, {"ports": [{"port": POSTGRESQL}]}]
