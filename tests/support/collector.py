"""A collector of traces: OTLP over HTTP, for the tests of what the service sends."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT
SECONDS = 60.0


@dataclass
class Collector:
    """What has arrived."""

    endpoint: str
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """All spans, the first to end first."""
        requests = map(ExportTraceServiceRequest.FromString, self.bodies)
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    @property
    def resource(self) -> dict[str, Any]:
        """What is said of the service."""
        (resource, *_) = ExportTraceServiceRequest.FromString(self.bodies[0]).resource_spans
        return values_of(resource.resource.attributes)

    @property
    def scopes(self) -> set[tuple[str, str, str]]:
        """The name, the version and the schema of what has made the spans."""
        requests = map(ExportTraceServiceRequest.FromString, self.bodies)
        return {
            (spans.scope.name, spans.scope.version, spans.schema_url)
            for request in requests
            for resource in request.resource_spans
            for spans in resource.scope_spans
        }

    def trace(self, trace_id: str) -> list[Span]:
        """Wait for a trace, and give its spans; the request comes last."""
        self._wait(lambda span: (span.trace_id.hex(), span.kind) == (trace_id, SERVER))
        return [span for span in self.spans if span.trace_id.hex() == trace_id]

    def named(self, name: str, times: int = 1) -> list[Span]:
        """Wait for so many spans of a name, and give all of them."""
        self._wait(lambda span: span.name == name, times)
        return [span for span in self.spans if span.name == name]

    def _wait(self, condition: Callable[[Span], bool], times: int = 1) -> None:
        give_up = time.monotonic() + SECONDS
        while sum(map(condition, self.spans)) < times:
            assert time.monotonic() < give_up, [span.name for span in self.spans]
            time.sleep(0.02)


@contextmanager
def collecting(port: int = 0) -> Iterator[Collector]:
    """Listen on a port of 127.0.0.1 for the time of a block."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Receiver)
    server.collector = Collector(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server.collector  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def values_of(attributes: Any) -> dict[str, Any]:
    """Give attributes by name."""
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in attributes}


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.path.partition("?")[0] == "/v1/traces"
        self.server.collector.bodies.append(body)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
