"""Traces of requests and their statements, if OpenTelemetry's own variables ask for them.

The names are those of "Environment Variable Specification" and "OTLP Exporter" in OpenTelemetry's
specification. There is one difference: by default its exporter is on, and sends to localhost. Here
a variable has to name the endpoint or the exporter. Without traces, OpenTelemetry is not imported.
"""

import os

import structlog
from starlette.types import ASGIApp

from persistence.pool import Span, untraced
from tasks_api.observability.events import Event

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")

NOT_INSTALLED = "OpenTelemetry is not installed: run `pip install 'tasks-api[otel]'`"
OTHER_EXPORTER = "OTEL_TRACES_EXPORTER must be otlp or none"
OTHER_PROTOCOL = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf (usually on port 4318)"


class Tracing:
    """Traces nothing, at no cost.

    `span` returns the block that traces a statement.
    """

    def __init__(self) -> None:
        self.span: Span = untraced

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Return the application with a span for each request."""
        return app

    def stop(self) -> None:
        """Deliver what is left."""


def configured_tracing() -> Tracing:
    """Set up the tracing that the environment asks for.

    If that is not possible, a warning says why, and there is none: the service still serves.
    """
    exporter = _first("OTEL_TRACES_EXPORTER") or ("otlp" if _first(*ENDPOINTS) else "none")
    if exporter == "none" or _first("OTEL_SDK_DISABLED") == "true":
        return Tracing()
    problem = _problem(exporter)
    try:
        if problem is None:
            from tasks_api.observability.tracing.sdk import SdkTracing  # noqa: PLC0415 - as above.

            return SdkTracing()
    except ImportError:
        problem = NOT_INSTALLED
    except (ValueError, RuntimeError) as error:  # OpenTelemetry cannot use a variable.
        problem = str(error)
    structlog.get_logger().warning(Event.TRACING_DISABLED, reason=problem)
    return Tracing()


def _problem(exporter: str) -> str | None:
    if exporter != "otlp":
        return OTHER_EXPORTER
    if _first(*PROTOCOLS) not in ("", "http/protobuf"):
        return OTHER_PROTOCOL
    return None


def _first(*names: str) -> str:
    """Return the first variable that is set and not empty, in lower case."""
    return next(
        (value for name in names if (value := os.environ.get(name, "").strip())), ""
    ).lower()
