"""A request and its answer, as they are observed."""

from time import perf_counter
from typing import Any

from starlette.types import Scope

from boundary.contract import HANDLER_CONTEXT, ROUTE
from tasks_api.observability import request_id, trace_parent

EXCHANGE = "tasks.exchange"
"""Where an exchange is found, among the extensions of the ASGI scope of its request."""

WATCH = "watch"
"""Where the application leaves, in the state of its lifespan, who is told of each exchange."""

METRICS = "metrics"
"""Where it leaves its metrics, beside that; None where nobody asked for them."""


class Exchange:
    """A request from its head to the end of its answer.

    Attributes:
        request_id: Of the client, or made here.
        trace_id: Of the client; who traces the request here may set it.
        refusal: Why a token was refused, as one word.
        status: None until there is an answer.
        size: Bytes of the answer's body.
        is_cut_off: Whether the client did not get all of the answer.
        is_over: Whether nothing more will be said of it.
    """

    __slots__ = (
        "_began_at",
        "_scope",
        "is_cut_off",
        "is_over",
        "refusal",
        "request_id",
        "size",
        "status",
        "trace_id",
    )

    def __init__(self, scope: Scope | None = None) -> None:
        """Begin. Without a scope, what came was no request."""
        self._began_at = perf_counter()
        self._scope = scope
        headers = scope["headers"] if scope else ()
        ids = [value for name, value in headers if name == request_id.HEADER]
        parents = [value for name, value in headers if name == trace_parent.HEADER]
        self.request_id = request_id.request_id_of(ids)
        self.trace_id = trace_parent.trace_id_of(parents) if parents else None
        self.refusal: str | None = None
        self.status: int | None = None
        self.size = 0
        self.is_cut_off = self.is_over = False

    @property
    def seconds(self) -> float:
        """How long it has taken up to now."""
        return perf_counter() - self._began_at

    @property
    def method(self) -> str | None:
        """The method, one of those that the parser knows."""
        return self._scope["method"] if self._scope else None

    @property
    def route(self) -> str | None:
        """The path as the contract writes it, never as it was sent; None where there is none."""
        return self._extensions.get(ROUTE)

    @property
    def user(self) -> str | None:
        """The id of the user whom the token proved."""
        context: dict[str, Any] = self._extensions.get(HANDLER_CONTEXT, {})
        return context.get("user")

    @property
    def _extensions(self) -> dict[str, Any]:
        return self._scope.get("extensions", {}) if self._scope else {}


def exchange_of(scope: Scope) -> Exchange | None:
    """Return the exchange of a request; None where another server than ours has received it."""
    return scope.get("extensions", {}).get(EXCHANGE)  # type: ignore[no-any-return]
