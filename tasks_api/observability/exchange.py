"""A request and its answer, as the log, the metrics and the traces see them."""

import re
from collections.abc import Sequence
from os import urandom
from time import perf_counter
from typing import Any

from starlette.types import Scope

from boundary.contract import HANDLER_CONTEXT, ROUTE

EXCHANGE = "tasks.exchange"
"""The key of the exchange in the extensions of the ASGI scope."""

# The keys of what the application gives the server, in the state of its lifespan.
OBSERVER = "observer"
METRICS = "metrics"
"""The registry of the metrics; None if METRICS_PORT is not set."""

REQUEST_ID = b"x-request-id"
TRACE_PARENT = b"traceparent"

# No JWT, no e-mail address and no sentence fits. A UUID does, and so does any id that proxies make.
_REQUEST_ID = re.compile(rb"[0-9A-Za-z._-]{1,64}")

# W3C Trace Context, section 3.2. All zeros is no id, `ff` no version, and only a later version than
# 00 may have more fields.
_TRACE_PARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
    rb"(?P<more>-.*)?"
)


class Exchange:
    """A request from the end of its head to the end of its answer.

    Attributes:
        request_id: The client's, or a new one.
        trace_id: The client's; tracing replaces it by that of the trace that begins here.
        refusal: The code of the reason why a token was refused.
        status: None until there is an answer.
        head: The head of an answer that has no body yet, as an ASGI message.
        size: Bytes of the answer's body.
        is_cut_off: Whether the client did not get all of the answer.
        is_over: Whether the exchange has been reported.
        dropped: Requests behind this one on its connection that were received and never begun.
        is_dropped: Whether it is one of those.
    """

    __slots__ = (
        "_began_at",
        "_scope",
        "dropped",
        "head",
        "is_cut_off",
        "is_dropped",
        "is_over",
        "refusal",
        "request_id",
        "size",
        "status",
        "trace_id",
    )

    def __init__(self, scope: Scope | None = None) -> None:
        """Start. There is no scope if the bytes were not a request."""
        self._began_at = perf_counter()
        self._scope = scope
        request_ids: list[bytes] = []
        trace_parents: list[bytes] = []
        for name, value in scope["headers"] if scope else ():
            if name == REQUEST_ID:
                request_ids.append(value)
            elif name == TRACE_PARENT:
                trace_parents.append(value)
        self.request_id = request_id_of(request_ids)
        self.trace_id = trace_id_of(trace_parents)
        self.refusal: str | None = None
        self.status: int | None = None
        self.head: Any = None
        self.size = 0
        self.is_cut_off = self.is_over = self.is_dropped = False
        self.dropped = 0

    @property
    def seconds(self) -> float:
        """The time since the end of the head."""
        return perf_counter() - self._began_at

    @property
    def method(self) -> str | None:
        """The method, one of those that the parser knows."""
        return self._scope["method"] if self._scope else None

    @property
    def route(self) -> str | None:
        """The path as the contract writes it, never as it was sent; None if there is none."""
        return self._extensions.get(ROUTE)

    @property
    def user(self) -> str | None:
        """The user id that the token proved."""
        context: dict[str, Any] = self._extensions.get(HANDLER_CONTEXT, {})
        return context.get("user")

    @property
    def _extensions(self) -> dict[str, Any]:
        return self._scope.get("extensions", {}) if self._scope else {}


class Observer:
    """What is called at the beginning and at the end of each exchange; this one does nothing."""

    def began(self, exchange: Exchange) -> None:
        """Note a new exchange."""

    def ended(self, exchange: Exchange) -> None:
        """Note an exchange that is over; called once for each that began."""


class Observers(Observer):
    """Calls several observers in turn."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def began(self, exchange: Exchange) -> None:
        """Note a new exchange."""
        for observer in self._observers:
            observer.began(exchange)

    def ended(self, exchange: Exchange) -> None:
        """Note an exchange that is over."""
        for observer in self._observers:
            observer.ended(exchange)


def exchange_of(scope: Scope) -> Exchange | None:
    """Return the exchange of a request; None if the server is not ours."""
    return scope.get("extensions", {}).get(EXCHANGE)  # type: ignore[no-any-return]


def request_id_of(sent: Sequence[bytes]) -> bytes:
    """Return the client's id if it sent one well-formed id, else a new one."""
    if len(sent) == 1 and _REQUEST_ID.fullmatch(sent[0]):
        return sent[0]
    return urandom(16).hex().encode()


def trace_id_of(sent: Sequence[bytes]) -> str | None:
    """Return the id of the client's trace, None if it sent no valid `traceparent`."""
    found = _TRACE_PARENT.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None or (found["more"] and sent[0].startswith(b"00")):
        return None
    return found["trace"].decode()
