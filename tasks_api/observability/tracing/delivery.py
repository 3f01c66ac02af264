"""Whether the traces arrive, said once and not for every batch."""

import logging
import re
from collections.abc import Sequence

import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from tasks_api.observability.events import Event

_CONFIDED = re.compile(r"\?\S*|(?<=header value: ).*")
"""What an operator may have put a key into: the query of the endpoint, the value of a header."""


def keep_headers_out_of_the_log() -> None:
    """Silence who reads `OTEL_EXPORTER_OTLP_HEADERS`: what it cannot read it quotes, keys too."""
    logging.getLogger("opentelemetry.util.re").setLevel(logging.CRITICAL)


class Delivery(SpanExporter):
    """Exports by another exporter; logs when it begins to fail, and when it works again.

    Made when the SDK is set up. From then on nothing else that the SDK says reaches the log:
    every batch that fails would, and everything that is odd in a client's `tracestate`.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._lost = 0
        self._said = _FirstWord()
        sdk = logging.getLogger("opentelemetry")
        sdk.propagate = False
        sdk.handlers = [self._said]

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Deliver spans, or lose them."""
        self._said.word = ""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self._note_success()
        else:
            self._note_failure(len(spans))
        return result

    def _note_success(self) -> None:
        if self._lost:
            structlog.get_logger().info(Event.TRACES_DELIVERED, lost=self._lost)
        self._lost = 0

    def _note_failure(self, spans: int) -> None:
        if not self._lost:
            reason = self._said.word.partition("\n")[0] or None
            structlog.get_logger().warning(Event.TRACES_UNDELIVERED, reason=reason)
        self._lost += spans

    def shutdown(self) -> None:
        """Deliver no more."""
        self._exporter.shutdown()


class _FirstWord(logging.Handler):
    """Keeps the first that the exporter says of a batch: that is why it fails."""

    word = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("opentelemetry.exporter") and not self.word:
            self.word = _CONFIDED.sub("", record.getMessage())
