"""OpenTelemetry's SDK, set up by its own variables (`OTEL_…`, see docs/tracing.md)."""

from contextlib import AbstractContextManager
from importlib.metadata import version
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from starlette.types import ASGIApp

from tasks_api.observability.tracing.delivery import Delivery, keep_headers_out_of_the_log
from tasks_api.observability.tracing.spans import TracedRequests
from tasks_api.observability.tracing.statements import traced_statement
from tasks_api.observability.tracing.untraced import Untraced

NAME = "tasks-api"
FLUSH_SECONDS = 2.0


class OpenTelemetry(Untraced):
    """Traces every request, and delivers the traces in a thread of its own, now and then.

    While they cannot be delivered, the newest 2048 spans are kept, and nobody waits.
    """

    def __init__(self) -> None:
        keep_headers_out_of_the_log()
        ours = Resource.create({"service.name": NAME, "service.version": version(NAME)})
        resource = ours.merge(OTELResourceDetector().detect())
        # It would wait at the end for as long as it likes.
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(Delivery(OTLPSpanExporter())))
        self._tracer = self._provider.get_tracer(NAME)

    def requests(self, app: ASGIApp) -> ASGIApp:
        """Give the application in which each request is traced."""
        return TracedRequests(app, self._tracer)

    def statement(self, text: str) -> AbstractContextManager[object]:
        """Give the block in which a statement is traced."""
        return traced_statement(self._tracer, text)

    def stop(self) -> None:
        """Deliver what is left, within `FLUSH_SECONDS`."""
        delivery = Thread(target=self._provider.shutdown, daemon=True)
        delivery.start()
        delivery.join(FLUSH_SECONDS)
