"""OpenTelemetry's SDK, set up by its own variables (`OTEL_…`, see docs/tracing.md)."""

import logging
import re
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.semconv.schemas import Schemas
from starlette.types import ASGIApp

from tasks_api.observability.events import Event
from tasks_api.observability.faults import Fault
from tasks_api.observability.tracing import Tracing
from tasks_api.observability.tracing.spans import TracedRequests, statement_span

NAME = "tasks-api"
SCHEMA_URL = Schemas.V1_44_0.value
"""The version of the semantic conventions that the spans follow."""
FLUSH_SECONDS = 2.0

_CONFIDENTIAL = re.compile(r"\?\S*|(?<=header value: ).*")
"""Where an operator may have put a key: the query of the endpoint, the value of a header."""


class SdkTracing(Tracing):
    """Traces every request; a thread of the SDK delivers the spans in batches.

    While they cannot be delivered, the newest 2048 spans are kept, and no request waits.
    """

    def __init__(self) -> None:
        super().__init__()
        # What this logger cannot parse of OTEL_EXPORTER_OTLP_HEADERS it quotes, keys included.
        logging.getLogger("opentelemetry.util.re").setLevel(logging.CRITICAL)
        ours = Resource.create({"service.name": NAME, "service.version": version(NAME)})
        resource = ours.merge(OTELResourceDetector().detect())
        # At the exit of the process the provider would wait without a time-out.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(ReportingExporter(OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer(NAME, version(NAME), schema_url=SCHEMA_URL)
        self.span = partial(statement_span, self._tracer)

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Return the application with a span for each request."""
        return TracedRequests(app, self._tracer)

    def stop(self) -> None:
        """Deliver what is left, within `FLUSH_SECONDS`."""
        delivery = Thread(target=self._provider.shutdown, daemon=True)
        delivery.start()
        delivery.join(FLUSH_SECONDS)


class ReportingExporter(SpanExporter):
    """Exports by another exporter, and logs when that begins to fail and when it works again.

    Nothing else that the SDK logs reaches our log: it reports every batch that fails, and quotes
    a client's `tracestate`.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        # One batch that is delivered is enough, as they are seconds apart. The reasons contain the
        # addresses of objects, so no two are alike.
        self._fault = Fault(
            Event.TRACES_UNDELIVERED, Event.TRACES_DELIVERED, quiet_seconds=0, max_reasons=1
        )
        self._first_message = _FirstMessage()
        sdk = logging.getLogger("opentelemetry")
        sdk.propagate = False
        sdk.handlers = [self._first_message]

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Deliver the spans, or lose them."""
        self._first_message.text = ""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._fault.succeed()
        else:
            reason = self._first_message.text.partition("\n")[0]
            self._fault.fail(reason or "no reason given", count=len(spans))
        return result

    def shutdown(self) -> None:
        """Stop delivering."""
        self._exporter.shutdown()


class _FirstMessage(logging.Handler):
    """Keeps the first message of the exporter about a batch: the reason why it failed."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("opentelemetry.exporter") and not self.text:
            self.text = _CONFIDENTIAL.sub("", record.getMessage())
