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


def load() -> dict[str, Any]:
    """Read the contract as it was written, with its references unresolved."""
    document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return document


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the path and the method, in capital letters, of each operation."""
    return [
        (path, key.upper())
        for path, item in document["paths"].items()
        for key in item
        if key in METHODS
    ]


def without_extensions(document: Any) -> Any:
    """Return what is published: `x-` keys name functions and serve this code only."""
    if isinstance(document, list):
        return [without_extensions(item) for item in document]
    if isinstance(document, dict):
        return {
            key: without_extensions(value)
            for key, value in document.items()
            if not str(key).startswith("x-")
        }
    return document
