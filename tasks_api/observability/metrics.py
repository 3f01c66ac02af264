"""The metrics for Prometheus. Imported only if METRICS_PORT is set.

What OpenTelemetry's semantic conventions know has their names and labels, as Prometheus writes
them: https://opentelemetry.io/docs/specs/semconv/. The rest begins with `tasks_`. Every label has a
fixed set of values: none is taken from a request as it was sent.
"""

import platform
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from persistence.errors import (
    REFUSALS,
    Abandoned,
    DatabaseUnavailable,
    PersistenceError,
    TooManyWaiting,
    is_unusable,
    sqlstate_of,
)
from persistence.pool import PoolState
from tasks_api.observability.exchange import Exchange, Observer

NONE = "none"
OTHER = "_OTHER"
UNANSWERED = "unanswered"
"""The type of the error of a request without a status."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # They double the number of series.

_INTERNAL_ERROR = 500
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics(Observer):
    """The metrics of this process. Times are in seconds.

    `contract` is the version of the contract, `operations` are its paths and methods, `refusals`
    are the codes of refused tokens. `pool` is read at each scrape, in another thread.
    """

    def __init__(
        self,
        *,
        contract: str,
        operations: Iterable[tuple[str, str]],
        refusals: Iterable[str],
        pool: Callable[[], PoolState],
    ) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(_Pool(pool))
        self._register_build(contract)
        self._requests = Histogram(
            "http_server_request_duration_seconds",
            "Requests, from the end of their head to the end of their answer.",
            ["http_route", "http_request_method", "http_response_status_code", "error_type"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._active = Gauge(
            "http_server_active_requests", "Requests without an answer.", registry=self.registry
        )
        self._waits = Histogram(
            "db_client_connection_wait_time_seconds",
            "How long statements waited for a connection of the pool.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._errors = self._counter(
            "tasks_database_errors", "Errors of the database.", "sqlstate_class"
        )
        self._refusals = self._counter("tasks_token_refusals", "Refused tokens.", "reason")
        for sqlstate in (NONE, *REFUSALS):
            self._errors.labels(sqlstate if sqlstate == NONE else sqlstate[:2])
        for code in refusals:
            self._refusals.labels(code)
        # An alert on an increase does not see a series that begins with 1.
        for route, method in operations:
            self._requests.labels(route, method, "500", "500")
        self._available = Gauge(
            "tasks_database_available",
            "Whether the last operation on the database, or the last probe, could use it.",
            registry=self.registry,
        )
        self._available.set(1)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, [label], registry=self.registry)

    def _register_build(self, contract: str) -> None:
        build = Info("tasks_build", "The running versions.", registry=self.registry)
        python = platform.python_version()
        build.info({"version": version("tasks-api"), "python": python, "contract": contract})

    def began(self, exchange: Exchange) -> None:  # noqa: ARG002 - only that it began counts.
        """Count a request without an answer."""
        self._active.inc()

    def ended(self, exchange: Exchange) -> None:
        """Count an exchange that is over."""
        self._active.dec()
        self._requests.labels(
            exchange.route or "",
            exchange.method if exchange.method in METHODS else OTHER,
            str(exchange.status or ""),
            _error_type(exchange.status),
        ).observe(exchange.seconds)
        if exchange.refusal is not None:
            self._refusals.labels(exchange.refusal).inc()

    def on_wait(self, seconds: float) -> None:
        """Count a statement that has got a connection."""
        self._waits.observe(seconds)

    def on_outcome(self, error: Exception | None) -> None:
        """Count what an operation on the database has raised."""
        if not isinstance(error, (TooManyWaiting, Abandoned)):  # The database was not asked.
            self._available.set(0 if is_unusable(error) else 1)
        if error is not None:
            state = error.sqlstate if isinstance(error, PersistenceError) else sqlstate_of(error)
            if state is not None or isinstance(error, DatabaseUnavailable):
                self._errors.labels(state[:2] if state else NONE).inc()


class _Pool(Collector):
    """What is read at each scrape."""

    def __init__(self, pool: Callable[[], PoolState]) -> None:
        self._pool = pool

    def collect(self) -> Iterator[Metric]:
        pool = self._pool()
        yield GaugeMetricFamily(
            "db_client_connection_pending_requests",
            "Statements that wait for a connection.",
            value=pool.waiting,
        )
        yield GaugeMetricFamily(
            "db_client_connection_max",
            "Maximum of connections (DATABASE_POOL_SIZE).",
            value=pool.size,
        )
        states = {"used": pool.in_use, "idle": pool.open - pool.in_use}
        count = GaugeMetricFamily(
            "db_client_connection_count",
            "Connections that are open or being opened.",
            labels=["db_client_connection_state"],
        )
        for state, value in states.items():
            count.add_metric([state], value)
        yield count
        yield CounterMetricFamily(
            "tasks_database_retries", "Statements that were retried.", value=pool.retries
        )


def _error_type(status: int | None) -> str:
    """Return the status of a fault of ours, and nothing for what the client got wrong."""
    if status is None:
        return UNANSWERED
    return str(status) if status >= _INTERNAL_ERROR else ""
