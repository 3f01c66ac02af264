"""The delivery of traces: nobody waits for it, and nobody else notices that it fails."""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from structlog.testing import capture_logs

from tasks_api.observability.tracing.sdk import ReportingExporter
from tests.support.api import SignIn
from tests.support.collector import collecting
from tests.support.log import failures, logged
from tests.support.service import Service, environment, free_port, running_service

IMPORTED = """
import json, sys
{before}
from tasks_api.observability import log
from tasks_api.observability.tracing import configured_tracing
log.configure("info")
configured_tracing()
print(json.dumps(sorted(n for n in sys.modules if n.partition(".")[0] == "opentelemetry")))
"""
LATER = {"OTEL_BSP_SCHEDULE_DELAY": "60000"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"OTEL_SERVICE_NAME": "todo"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "True"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_TRACES_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
    ids=str,
)
def test_where_nobody_asks_for_traces_nothing_is_imported(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    assert imported(tmp_path, **settings) == ([], [])


@pytest.mark.parametrize("name", ["ENDPOINT", "TRACES_ENDPOINT"])
def test_an_endpoint_asks_for_them(tmp_path: Path, name: str) -> None:
    modules, said = imported(tmp_path, **{f"OTEL_EXPORTER_OTLP_{name}": "http://127.0.0.1:1"})

    assert "opentelemetry.sdk.trace" in modules
    assert said == []


def test_where_it_is_not_installed_the_service_works_without(tmp_path: Path) -> None:
    modules, said = imported(
        tmp_path, before="sys.modules['opentelemetry'] = None", OTEL_TRACES_EXPORTER="otlp"
    )

    assert modules == ["opentelemetry"]  # The None that keeps it out.
    assert said == ["OpenTelemetry is not installed: run `pip install 'tasks-api[otel]'`"]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER must be otlp or none"),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL must be http/protobuf (usually on port 4318)",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_PROPAGATORS": "nonsense"},
            "Propagator nonsense not found. It is either misspelled or not installed.",
        ),
        (
            {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_BSP_MAX_QUEUE_SIZE": "0"},
            "max_queue_size must be a positive integer.",
        ),
        (
            {
                "OTEL_TRACES_EXPORTER": "otlp",
                "OTEL_PYTHON_EXPORTER_OTLP_HTTP_TRACES_CREDENTIAL_PROVIDER": "nonsense",
            },
            (
                "Requested component 'nonsense' not found in entry point "
                "'opentelemetry_otlp_credential_provider'"
            ),
        ),
    ],
    ids=str,
)
def test_what_it_cannot_do_is_said_and_the_service_works_without(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    assert imported(tmp_path, **settings)[1] == [reason]


def test_the_key_for_the_collector_is_never_said(tmp_path: Path) -> None:
    settings = {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_HEADERS": '"api-key=s3cret"'}

    assert imported(tmp_path, **settings)[1] == []


def test_what_is_left_is_delivered_before_the_end(
    service: Service, tmp_path: Path, sign_in: SignIn
) -> None:
    with collecting() as collector:
        settings = {**LATER, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
        with running_service(tmp_path, service.database_url, **settings) as traced:
            sign_in(url=traced.url).list()
            assert collector.bodies == []

        assert "GET /api/tasks" in [span.name for span in collector.spans]
    assert traced.process.returncode == 0


def test_a_collector_that_is_silent_holds_neither_an_answer_nor_the_end(
    service: Service, tmp_path: Path, sign_in: SignIn
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "60",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        }
        with running_service(tmp_path, service.database_url, **settings) as traced:
            api = sign_in(url=traced.url)
            begun = time.monotonic()
            for _ in range(50):
                assert api.list().status_code == 200
            asked = time.monotonic() - begun
            traced.process.terminate()
            begun = time.monotonic()
            code = traced.process.wait(timeout=90)
            stopped = time.monotonic() - begun

    assert asked < 30
    assert (code, stopped < 30) == (0, True)


def test_a_collector_that_is_away_is_said_once_and_found_again(
    service: Service, tmp_path: Path, sign_in: SignIn
) -> None:
    port = free_port()
    settings = {
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{port}/v1/traces?key=s3cret",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "2",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
    }
    with running_service(tmp_path, service.database_url, **settings) as traced:
        api = sign_in(url=traced.url)
        begun = time.monotonic()
        while time.monotonic() < begun + 4:
            api.list({"traceparent": "0" * 1000, "tracestate": "not a state"})
            time.sleep(0.1)
        with collecting(port) as collector:
            api.toggle(1)
            collector.named("PATCH /api/tasks/{id}/complete")
    (undelivered,) = logged(traced.log, "traces_undelivered")

    assert "Connection refused" in undelivered["reason"]
    assert len(logged(traced.log, "traces_delivered")) == 1
    assert "s3cret" not in traced.log.read_text()
    assert logged(traced.log, "library") == []
    assert failures(traced.log) == []


def test_its_return_is_said_with_what_was_lost() -> None:
    port = free_port()
    exporter = OTLPSpanExporter(f"http://127.0.0.1:{port}/v1/traces", timeout=0.5)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ReportingExporter(exporter)))
    tracer = provider.get_tracer("test")

    with capture_logs() as events:
        for _ in range(3):
            tracer.start_span("lost").end()
        with collecting(port):
            for _ in range(2):
                tracer.start_span("arrives").end()
            provider.shutdown()

    first, last = events
    assert first["event"] == "traces_undelivered"
    assert first["reason"]
    assert (last["event"], last["count"]) == ("traces_delivered", 3)


def test_a_key_that_cannot_be_a_header_is_not_said() -> None:
    headers = {"api-key": "s3cret\n"}
    exporter = OTLPSpanExporter("http://127.0.0.1:1/v1/traces", headers=headers, timeout=0.5)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(ReportingExporter(exporter)))

    with capture_logs() as events:
        provider.get_tracer("test").start_span("lost").end()

    assert [event["event"] for event in events] == ["traces_undelivered"]
    assert "header value" in events[0]["reason"]
    assert "s3cret" not in events[0]["reason"]


def imported(folder: Path, before: str = "", **settings: str) -> tuple[list[str], list[str]]:
    """Set the tracing up; give what was imported of OpenTelemetry, and why it is switched off.

    Nothing else may be said.
    """
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED.format(before=before)],
        cwd=folder,
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=True,
    )
    *events, modules = map(json.loads, run.stdout.splitlines())
    assert run.stderr == ""
    assert {event["event"] for event in events} <= {"tracing_disabled", "library"}
    return modules, [event["reason"] for event in events if event["event"] == "tracing_disabled"]
