"""Spans of requests and statements, by OpenTelemetry's conventions for HTTP and PostgreSQL.

The conventions ask for the path and the query as well. Those hold whatever a client sends, so they
are left out; the route says which operation it was.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from opentelemetry.propagate import extract
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boundary.contract import ROUTE
from persistence.connection import Server
from persistence.errors import sqlstate_of
from tasks_api.observability.exchange import exchange_of

METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
SERVER_ERROR = 500

Headers = list[tuple[bytes, bytes]]


class TracedRequests:
    """An ASGI application with a span for each request, in the client's trace if there is one."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace a request. Its route is known only when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else None
        with self._tracer.start_as_current_span(
            method or "HTTP",
            context=extract(scope["headers"], getter=_GETTER),
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": method or "_OTHER",
                "network.protocol.version": scope["http_version"],
                "url.scheme": scope["scheme"],
            },
            record_exception=False,  # Its text may hold values.
            set_status_on_exception=False,
        ) as span:
            _set_trace_id(scope, span)

            async def send_and_record(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _record(span, method, _route_of(scope), message["status"])
                await send(message)

            await self._app(scope, receive, send_and_record)


def _set_trace_id(scope: Scope, span: Span) -> None:
    exchange = exchange_of(scope)
    if exchange is not None:
        exchange.trace_id = format_trace_id(span.get_span_context().trace_id)


def _route_of(scope: Scope) -> str | None:
    route: str | None = scope.get("extensions", {}).get(ROUTE)
    return route


def _record(span: Span, method: str | None, route: str | None, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if route is not None:
        span.set_attribute("http.route", route)
        span.update_name(f"{method or 'HTTP'} {route}")
    if status >= SERVER_ERROR:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


class _HeadersGetter(Getter[Headers]):
    """Reads ASGI headers; several of one name are one list (RFC 9110, section 5.3)."""

    def get(self, carrier: Headers, key: str) -> list[str] | None:
        name = key.lower().encode()
        values = [value for field, value in carrier if field == name]
        return [b", ".join(values).decode("latin-1")] if values else None

    def keys(self, carrier: Headers) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


_GETTER = _HeadersGetter()


_OPERATIONS = re.compile(
    r"\b(?P<operation>SELECT|INSERT(?= INTO)|UPDATE(?= [a-z])|DELETE(?= FROM))\b"
    r"|(?:\b(?:FROM|JOIN|INTO) |\b(?<=UPDATE ))(?P<table>[a-z_.\"]+)"
)
_MAX_SUMMARY = 255


@lru_cache(maxsize=64)
def described(text: str) -> dict[str, str]:
    """Return the attributes of a statement: its text, and a summary for the name of its span.

    The operation and the table are attributes of their own only where there is one of each.
    """
    found = list(_OPERATIONS.finditer(text))
    operations = [each["operation"] for each in found if each["operation"]]
    tables = [each["table"] for each in found if each["table"]]
    attributes = {"db.system.name": "postgresql", "db.query.text": text}
    attributes["db.query.summary"] = " ".join(filter(None, map(_name, found)))[:_MAX_SUMMARY]
    if len(operations) == len(tables) == 1:
        attributes |= {"db.operation.name": operations[0], "db.collection.name": tables[0]}
    return attributes


def _name(found: re.Match[str]) -> str:
    return found["operation"] or found["table"]


@contextmanager
def statement_span(tracer: Tracer, text: str, server: Server) -> Iterator[None]:
    """Trace a statement by its text, which has the names of its values and no value."""
    attributes = described(text)
    with tracer.start_as_current_span(
        attributes["db.query.summary"] or "postgresql",
        kind=SpanKind.CLIENT,
        attributes={
            **attributes,
            "db.namespace": server.database,
            "server.address": server.address,
            "server.port": server.port,
        },
        record_exception=False,  # PostgreSQL quotes values in its messages.
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as error:
            sqlstate = sqlstate_of(error)
            if sqlstate is not None:
                span.set_attribute("db.response.status_code", sqlstate)
            span.set_attribute("error.type", sqlstate or type(error).__qualname__)
            span.set_status(Status(StatusCode.ERROR))
            raise
