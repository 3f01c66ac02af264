"""The contract `openapi/tasks.yaml`, loaded: what each operation accepts, and what is published."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from boundary.schemas import Schema

CONTRACT = Path(__file__).resolve().parents[1] / "openapi" / "tasks.yaml"
"""The same place in a checkout and in an installation."""

ROUTING_CONTEXT = "connexion_routing"
"""Where Connexion keeps the id of the operation, among the extensions of the ASGI scope."""

HANDLER_CONTEXT = "connexion_context"
"""Where Connexion finds what it passes to the handler by name, among the same."""

ROUTE = "tasks.route"
"""Where the path of the request is found as the contract writes it, among the same."""

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


class Operation(NamedTuple):
    """What an operation accepts."""

    path_parameters: Mapping[str, Schema]
    query_parameters: Mapping[str, Schema]
    header_parameters: Mapping[str, Schema]
    body: Schema | None


class Contract:
    """The operations of one OpenAPI document, by operationId."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        """As written, the references in place."""
        self.operations = dict(_operations(document))

    def operation(self, scope: Mapping[str, Any]) -> Operation:
        """Return the operation that the request of an ASGI scope was routed to."""
        return self.operations[scope["extensions"][ROUTING_CONTEXT]["operation_id"]]


def load(path: Path = CONTRACT) -> Contract:
    """Read the contract from its file."""
    return Contract(yaml.safe_load(path.read_text(encoding="utf-8")))


def published(document: Any) -> Any:
    """Return the document without its `x-` keys: they name functions and serve this code only."""
    if isinstance(document, list):
        return [published(item) for item in document]
    if isinstance(document, dict):
        return {k: published(v) for k, v in document.items() if not str(k).startswith("x-")}
    return document


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for item in _dereferenced(document["paths"], document).values():
        for method, operation in item.items():
            if method in METHODS:
                parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
                yield operation["operationId"], _operation(operation, parameters)


def _operation(operation: Mapping[str, Any], parameters: list[dict[str, Any]]) -> Operation:
    body = operation.get("requestBody")
    return Operation(
        path_parameters=_schemas(parameters, "path"),
        query_parameters=_schemas(parameters, "query"),
        header_parameters=_schemas(parameters, "header"),
        body=body and Schema(body["content"]["application/json"]["schema"]),
    )


def _schemas(parameters: list[dict[str, Any]], place: str) -> dict[str, Schema]:
    return {p["name"]: Schema(p["schema"]) for p in parameters if p["in"] == place}


def _dereferenced(node: Any, document: Mapping[str, Any]) -> Any:
    if isinstance(node, list):
        return [_dereferenced(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {key: _dereferenced(value, document) for key, value in node.items()}
    target: Any = document
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return _dereferenced(target, document)
