"""Whether traces are asked for: by OpenTelemetry's own variables, and without importing it.

The names are those of "Environment Variable Specification" and "OTLP Exporter", of its
specification. The one difference: its exporter is on by default and sends to localhost. Here a
variable has to say where to send, or that it shall.
"""

import os

import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.tracing.untraced import Untraced

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")

NOT_INSTALLED = "OpenTelemetry is not installed, which `pip install 'tasks-api[otel]'` does"
OTHER_EXPORTER = "OTEL_TRACES_EXPORTER has to be otlp or none"
OTHER_PROTOCOL = "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL has to be http/protobuf (mostly on port 4318)"


def tracing_asked_for() -> Untraced:
    """Set up the tracing that the environment asks for.

    Where that cannot be, a warning says why, and there is none: it is no reason not to serve.
    """
    exporter = _first("OTEL_TRACES_EXPORTER") or ("otlp" if _first(*ENDPOINTS) else "none")
    if exporter == "none" or _first("OTEL_SDK_DISABLED") == "true":
        return Untraced()
    problem = _problem(exporter)
    try:
        if problem is None:
            from tasks_api.observability.tracing.sdk import OpenTelemetry  # noqa: PLC0415 - see above.

            return OpenTelemetry()
    except ImportError:
        problem = NOT_INSTALLED
    except (ValueError, RuntimeError) as error:  # A variable that OpenTelemetry cannot use.
        problem = str(error)
    structlog.get_logger().warning(Event.TRACES_OFF, reason=problem)
    return Untraced()


def _problem(exporter: str) -> str | None:
    if exporter != "otlp":
        return OTHER_EXPORTER
    if _first(*PROTOCOLS) not in ("", "http/protobuf"):
        return OTHER_PROTOCOL
    return None


def _first(*names: str) -> str:
    """Give the first variable that is set and not empty, without regard to its letter case."""
    return next(
        (value for name in names if (value := os.environ.get(name, "").strip())), ""
    ).lower()
