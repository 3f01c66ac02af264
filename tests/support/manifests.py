"""The resources of `deploy/kubernetes/`."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.support.paths import ROOT

FOLDER = ROOT / "deploy" / "kubernetes"


def read(name: str) -> dict[str, Any]:
    """Return the resource of a file."""
    (resource,) = yaml.safe_load_all((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = resource
    return found


KUSTOMIZATION = read("kustomization")
SERVICE, MIGRATION = read("deployment"), read("migration")


def pod_of(workload: Mapping[str, Any]) -> Any:
    """Return what a workload says of its pods."""
    return workload["spec"]["template"]["spec"]


def container_of(workload: Mapping[str, Any]) -> Any:
    """Return the only container of a workload."""
    (container,) = pod_of(workload)["containers"]
    return container


def labels_of(workload: Mapping[str, Any]) -> dict[str, str]:
    """Return the labels of the pods of a workload."""
    labels: dict[str, str] = workload["spec"]["template"]["metadata"]["labels"]
    return labels


def settings_of(workload: Mapping[str, Any]) -> Iterator[str]:
    """Give the names of the environment variables of a workload."""
    (generated,) = KUSTOMIZATION["configMapGenerator"]
    assert container_of(workload)["envFrom"] == [{"configMapRef": {"name": generated["name"]}}]
    yield from (literal.partition("=")[0] for literal in generated["literals"])
    yield from (variable["name"] for variable in container_of(workload)["env"])
