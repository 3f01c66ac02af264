"""The contract `openapi/tasks.yaml`, and what the middlewares tell each other in the ASGI scope."""

from pathlib import Path
from typing import Any

import yaml

CONTRACT = Path(__file__).resolve().parents[1] / "openapi" / "tasks.yaml"
"""The same place in a checkout and in an installation."""

# Keys of `scope["extensions"]`. The first two are Connexion's.
ROUTING_CONTEXT = "connexion_routing"
"""The operationId that the request was routed to."""

HANDLER_CONTEXT = "connexion_context"
"""What the token proved: `user` and `token_info`, which handlers take as arguments."""

IS_CONNECTED = "tasks.is_connected"
"""A function that returns whether the client is still there. Handlers take it as `is_wanted`."""

ROUTE = "tasks.route"
"""The path as the contract writes it."""

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def text() -> str:
    """Return the contract as it was written."""
    return CONTRACT.read_text(encoding="utf-8")


def load() -> dict[str, Any]:
    """Read the contract, with its references unresolved."""
    return parsed(text())


def parsed(yaml_text: str) -> dict[str, Any]:
    """Return the document that this text is; libyaml takes a tenth of the time of `safe_load`."""
    document: dict[str, Any] = yaml.load(yaml_text, Loader=yaml.CSafeLoader)
    return document


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the path and the method, in capital letters, of each operation."""
    return [
        (path, key.upper())
        for path, item in document["paths"].items()
        for key in item
        if key in METHODS
    ]
