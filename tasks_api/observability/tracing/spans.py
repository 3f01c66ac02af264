"""A span for each request, as OpenTelemetry's "Semantic conventions for HTTP spans" have it.

They want the path and the query as well. Those hold whatever a client sends, so they are left out:
the route says which operation it was.
"""

from opentelemetry.propagate import extract
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from boundary.contract import ROUTE
from tasks_api.observability.exchange import exchange_of

METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
SERVER_ERROR = 500

Headers = list[tuple[bytes, bytes]]


class TracedRequests:
    """An ASGI application that traces each request, as part of the caller's trace if it has one."""

    def __init__(self, app: ASGIApp, tracer: Tracer) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Trace a request. Only when it is answered is it known what was asked for."""
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
            _name_trace(scope, span)

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _note(span, method, _route_of(scope), message["status"])
                await send(message)

            await self._app(scope, receive, send_and_note)


def _name_trace(scope: Scope, span: Span) -> None:
    exchange = exchange_of(scope)
    if exchange is not None:
        exchange.trace_id = format_trace_id(span.get_span_context().trace_id)


def _route_of(scope: Scope) -> str | None:
    route: str | None = scope.get("extensions", {}).get(ROUTE)
    return route


def _note(span: Span, method: str | None, route: str | None, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if route is not None:
        span.set_attribute("http.route", route)
        span.update_name(f"{method or 'HTTP'} {route}")
    if status >= SERVER_ERROR:
        span.set_attribute("error.type", str(status))
        span.set_status(Status(StatusCode.ERROR))


class _HeadersGetter(Getter[Headers]):
    """Reads the headers of ASGI, several of one name as one list (RFC 9110, section 5.3)."""

    def get(self, carrier: Headers, key: str) -> list[str] | None:
        name = key.lower().encode()
        values = [value for field, value in carrier if field == name]
        return [b", ".join(values).decode("latin-1")] if values else None

    def keys(self, carrier: Headers) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


_GETTER = _HeadersGetter()
