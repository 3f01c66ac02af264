"""Traces of a running service, as a collector gets them."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from opentelemetry.semconv.schemas import Schemas

from tests.support.api import Api, SignIn, new_user, token_of
from tests.support.collector import CLIENT, SERVER, Collector, collecting, values_of
from tests.support.log import awaited
from tests.support.raw import request as request_of
from tests.support.raw import send
from tests.support.service import Service, running_service

STATUS_ERROR = 2
SOON = "50"  # milliseconds


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Give a collector that listens."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def traced(
    service: Service, collector: Collector, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Give a running service that sends its traces there."""
    with tracing_to(collector.endpoint, tmp_path_factory.mktemp("traced"), service) as traced:
        yield traced


@contextmanager
def tracing_to(endpoint: str, folder: Path, service: Service, **settings: str) -> Iterator[Service]:
    given = {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_BSP_SCHEDULE_DELAY": SOON}
    with running_service(folder, service.database_url, **{**given, **settings}) as traced:
        yield traced


@pytest.fixture
def api(traced: Service, sign_in: SignIn) -> Api:
    """Give the traced service in the hands of a new user."""
    return sign_in(url=traced.url)


def parent(trace_id: str, flags: str = "01") -> dict[str, str]:
    """Give the headers of a caller whose trace it is."""
    return {"traceparent": f"00-{trace_id}-{'b7' * 8}-{flags}"}


@pytest.fixture
def trace_id() -> str:
    """Give the id of a new trace."""
    return secrets.token_hex(16)


def test_a_request_is_a_span_of_the_callers_trace(
    api: Api, collector: Collector, trace_id: str
) -> None:
    api.create(parent(trace_id), title="Buy milk")

    *_, request = collector.trace(trace_id)

    assert (request.name, request.kind) == ("POST /api/tasks", SERVER)
    assert request.parent_span_id.hex() == "b7" * 8
    assert values_of(request.attributes) == {
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "http.route": "/api/tasks",
        "network.protocol.version": "1.1",
        "url.scheme": "http",
    }


def test_its_statements_are_spans_inside_it(
    api: Api, service: Service, collector: Collector, trace_id: str
) -> None:
    task_id = api.created()["id"]
    api.update(task_id, parent(trace_id), title="Buy oats")

    *_, statement, request = collector.trace(trace_id)

    assert (statement.name, statement.kind) == ("UPDATE tasks", CLIENT)
    assert statement.parent_span_id == request.span_id
    assert request.start_time_unix_nano < statement.start_time_unix_nano
    assert statement.end_time_unix_nano < request.end_time_unix_nano
    attributes = values_of(statement.attributes)
    text = attributes.pop("db.query.text")
    server = urlsplit(service.database_url)
    assert attributes == {
        "db.collection.name": "tasks",
        "db.namespace": server.path[1:],
        "db.operation.name": "UPDATE",
        "db.query.summary": "UPDATE tasks",
        "db.system.name": "postgresql",
        "server.address": server.hostname,
        "server.port": server.port,
    }
    assert text.startswith("UPDATE tasks SET title=%(new_title)s")


def test_requests_at_once_keep_their_statements_apart(
    traced: Service, sign_in: SignIn, collector: Collector
) -> None:
    trace_ids = [secrets.token_hex(16) for _ in range(40)]
    apis = [sign_in(url=traced.url) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: apis[n % 8].list(parent(trace_ids[n])), range(40)))

    for trace_id in trace_ids:
        *statements, request = collector.trace(trace_id)
        assert all(span.name.startswith("SELECT ") for span in statements)
        assert {span.parent_span_id for span in statements} == {request.span_id}


def test_the_log_names_the_trace_also_where_it_begins_here(
    traced: Service, api: Api, collector: Collector, trace_id: str
) -> None:
    before = len(collector.named("GET /docs", times=0))

    api.request("GET", "/docs", headers={"X-Request-ID": "begins-here"})
    api.list({"X-Request-ID": "begins-there", **parent(trace_id)})

    span = collector.named("GET /docs", times=before + 1)[-1]
    here = awaited(traced.log, "request", request_id="begins-here")
    assert here["trace_id"] == span.trace_id.hex()
    assert awaited(traced.log, "request", request_id="begins-there")["trace_id"] == trace_id


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"traceparent": ""},
        {"traceparent": "nonsense"},
        {"traceparent": f"00-{'0' * 32}-{'b7' * 8}-01"},
        {"traceparent": f"00-{'a1' * 16}-{'0' * 16}-01"},
        {"traceparent": f"ff-{'a1' * 16}-{'b7' * 8}-01"},
        {"traceparent": f"00-{'A1' * 16}-{'b7' * 8}-01"},
        {"traceparent": f"00-{'a1' * 16}-{'b7' * 8}-01-more"},
        {"traceparent": "0" * 8000},
        {"traceparent": f"00-{'a1' * 16}-{'b7' * 8}-01, 00-{'a2' * 16}-{'b7' * 8}-01"},
        {"tracestate": "vendor=value"},
        {"baggage": "%%%,=,;;;" * 500},
    ],
    ids=lambda sent: next(iter(sent.values()), "nothing")[:40],
)
def test_without_a_caller_that_makes_sense_the_trace_begins_here(
    api: Api, collector: Collector, sent: dict[str, str]
) -> None:
    before = len(collector.named("GET /livez", times=0))

    assert api.request("GET", "/livez", headers=sent).status_code == 200

    span = collector.named("GET /livez", times=before + 1)[-1]
    assert span.parent_span_id == b""
    assert span.trace_id.hex() not in ("a1" * 16, "a2" * 16)


def test_two_callers_are_none(traced: Service, collector: Collector) -> None:
    before = len(collector.named("GET /livez", times=0))
    twice = [f"traceparent: {parent(id_)['traceparent']}" for id_ in ("a1" * 16, "a2" * 16)]

    assert send(traced.url, request_of("GET /livez", *twice)).status == 200

    assert collector.named("GET /livez", times=before + 1)[-1].parent_span_id == b""


def test_a_caller_who_does_not_sample_is_not_traced(
    api: Api, collector: Collector, trace_id: str
) -> None:
    sampled = secrets.token_hex(16)
    api.delete(1, parent(trace_id, flags="00"))
    api.delete(1, parent(sampled))

    collector.trace(sampled)

    assert trace_id not in {span.trace_id.hex() for span in collector.spans}


def test_nothing_of_a_user_is_in_a_trace(
    traced: Service, sign_in: SignIn, collector: Collector, trace_id: str
) -> None:
    user = new_user()
    token = token_of(user, email="ann@example.com", name="Ann Example")
    api = sign_in(user, token=token, url=traced.url)
    key = {"Idempotency-Key": "key-4711"}
    api.create(key, title="Title 4711", description="Description 4711")
    api.request("GET", "/api/tasks", params={"query": "Query 4711"})
    api.get("Path4711")
    api.request("GET", "/Nowhere4711", headers={"User-Agent": "Agent 4711"})
    api.toggle(1, {"If-Match": '"2026-01-31T09:30:00.123456Z"', **parent(trace_id)})

    collector.trace(trace_id)

    sent = b"".join(collector.bodies)
    for value in (user, token, "ann@example.com", "Ann Example", "4711", "2026-01-31"):
        assert value.encode() not in sent
    for part in ("postgresql://", "password"):
        assert part.encode() not in sent


def test_a_statement_that_fails_says_why_by_its_sqlstate(
    api: Api, service: Service, collector: Collector, trace_id: str
) -> None:
    task_id = api.created()["id"]
    blocker = psycopg2.connect(service.database_url)
    blocker.cursor().execute("SELECT FROM tasks WHERE id = %s FOR UPDATE", (task_id,))
    assert api.toggle(task_id, parent(trace_id)).status_code == 503
    blocker.close()

    *_, statement, request = collector.trace(trace_id)

    assert values_of(statement.attributes)["error.type"] == "55P03"
    assert values_of(statement.attributes)["db.response.status_code"] == "55P03"
    assert values_of(request.attributes)["error.type"] == "503"
    assert statement.status.code == request.status.code == STATUS_ERROR
    assert not statement.status.message
    assert not statement.events


def test_a_request_that_is_not_valid_is_no_error_of_ours(
    api: Api, collector: Collector, trace_id: str
) -> None:
    api.get("abc", parent(trace_id))

    (request,) = collector.trace(trace_id)

    assert (request.name, request.status.code) == ("GET /api/tasks/{id}", 0)
    assert values_of(request.attributes)["http.response.status_code"] == 422


def test_a_path_that_is_none_has_no_route(api: Api, collector: Collector, trace_id: str) -> None:
    api.request("GET", "/nowhere", headers=parent(trace_id))

    (request,) = collector.trace(trace_id)

    assert request.name == "GET"
    assert "http.route" not in values_of(request.attributes)


def test_a_method_that_is_made_up_is_one_among_others(
    api: Api, collector: Collector, trace_id: str
) -> None:
    api.request("PROPFIND", "/api/tasks", headers=parent(trace_id))

    (request,) = collector.trace(trace_id)

    assert request.name == "HTTP /api/tasks"
    assert values_of(request.attributes)["http.request.method"] == "_OTHER"


def test_the_service_says_its_name(api: Api, collector: Collector, trace_id: str) -> None:
    api.list(parent(trace_id))
    collector.trace(trace_id)

    assert collector.resource["service.name"] == "tasks-api"
    assert collector.resource["service.version"] == version("tasks-api")
    assert collector.scopes == {("tasks-api", version("tasks-api"), Schemas.V1_44_0.value)}


def test_the_variables_of_opentelemetry_decide(
    service: Service, tmp_path: Path, sign_in: SignIn, trace_id: str
) -> None:
    settings = {
        "OTEL_SERVICE_NAME": "todo",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test,service.version=9",
        "OTEL_TRACES_SAMPLER": "parentbased_always_off",
    }
    with (
        collecting() as collector,
        tracing_to(collector.endpoint, tmp_path, service, **settings) as traced,
    ):
        api = sign_in(url=traced.url)
        api.list()
        api.list(parent(trace_id))
        collector.trace(trace_id)

    assert {span.trace_id.hex() for span in collector.spans} == {trace_id}
    assert collector.resource["service.name"] == "todo"
    assert collector.resource["service.version"] == "9"
    assert collector.resource["deployment.environment.name"] == "test"
