"""The resources of `deploy/kubernetes/`: the service, and in `frontend/` the frontend."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from tests.support.paths import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"


def read(name: str) -> dict[str, Any]:
    """Return the resource of a file."""
    (resource,) = yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = resource
    return found


KUSTOMIZATION, FRONTENDS_KUSTOMIZATION = read("kustomization"), read("frontend/kustomization")
SERVICE, MIGRATION, FRONTEND = read("deployment"), read("migration"), read("frontend/deployment")


class Workload(NamedTuple):
    """A workload, the kustomization that it is part of, and the example of its Secret."""

    resource: Mapping[str, Any]
    kustomization: Mapping[str, Any]
    secret: Mapping[str, Any]


WORKLOADS = {
    "service": Workload(SERVICE, KUSTOMIZATION, read("secret.example")),
    "migration": Workload(MIGRATION, KUSTOMIZATION, read("secret.example")),
    "frontend": Workload(FRONTEND, FRONTENDS_KUSTOMIZATION, read("frontend/secret.example")),
}


def pod_of(workload: Mapping[str, Any]) -> Any:
    """Return what a workload says of its pods."""
    return workload["spec"]["template"]["spec"]


def container_of(workload: Mapping[str, Any]) -> Any:
    """Return the only container of a workload, besides those that run before it."""
    (container,) = pod_of(workload)["containers"]
    return container


def containers_of(workload: Mapping[str, Any]) -> list[Any]:
    """Return the container of a workload, and those that run before it."""
    return [*pod_of(workload).get("initContainers", []), container_of(workload)]


def labels_of(workload: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of the pods of a workload."""
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def literals_of(kustomization: Mapping[str, Any]) -> dict[str, str]:
    """Return the settings of the ConfigMap that a kustomization makes."""
    (generated,) = kustomization["configMapGenerator"]
    return dict(literal.split("=", maxsplit=1) for literal in generated["literals"])


def settings_of(workload: Workload) -> Iterator[str]:
    """Give the names of the environment variables of a workload."""
    (generated,) = workload.kustomization["configMapGenerator"]
    for container in containers_of(workload.resource):
        assert container["envFrom"] == [{"configMapRef": {"name": generated["name"]}}]
        yield from (variable["name"] for variable in container["env"])
    yield from literals_of(workload.kustomization)
