"""What Prometheus is told. Imported where METRICS_PORT is set, and nowhere else.

Every label has as many values as this service has: none comes from a client as it was sent.
"""

import platform
from collections.abc import Callable, Iterator
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from persistence.errors import REFUSALS, DatabaseUnavailable, PersistenceError, sqlstate_of
from persistence.pool import PoolState
from tasks_api.observability.exchange import Exchange
from tasks_api.security.reasons import REASONS

NONE = "none"
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

disable_created_metrics()  # type: ignore[no-untyped-call]  # They double the number of series.

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counts what the process does. Times are in seconds."""

    def __init__(self, *, contract: str, pool: Callable[[], PoolState]) -> None:
        """Begin. `contract` is its version; `pool` is asked whenever Prometheus asks."""
        self.registry = CollectorRegistry()
        self.in_flight: Callable[[], int] = lambda: 0
        """How many requests have no answer yet; for the server to set."""
        self.waiting: Callable[[], int] = lambda: 0
        """How many of them wait for a thread; for the application to set."""
        ProcessCollector(registry=self.registry)
        self.registry.register(_Readings(self, pool))
        self._name_build(contract)
        self._requests = Histogram(
            "tasks_request_duration_seconds",
            "Requests, and how long they took from their head to the end of their answer.",
            ["route", "method", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._waits = Histogram(
            "tasks_worker_wait_seconds",
            "How long requests waited for a thread, and with it for a connection.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._errors = self._counter(
            "tasks_database_errors", "Errors of the database.", "sqlstate_class"
        )
        self._refusals = self._counter("tasks_token_refusals", "Refused tokens.", "reason")
        for sqlstate in (NONE, *REFUSALS):
            self._errors.labels(sqlstate if sqlstate == NONE else sqlstate[:2])
        for reason in REASONS:
            self._refusals.labels(reason)

    def _counter(self, name: str, text: str, label: str) -> Counter:
        return Counter(name, text, [label], registry=self.registry)

    def _name_build(self, contract: str) -> None:
        build = Info("tasks_build", "What is running.", registry=self.registry)
        python = platform.python_version()
        build.info({"version": version("tasks-api"), "python": python, "contract": contract})

    def count_request(self, exchange: Exchange) -> None:
        """Count an exchange that is over."""
        method = exchange.method or NONE
        self._requests.labels(
            exchange.route or NONE,
            method if method in METHODS or method == NONE else OTHER,
            str(exchange.status or NONE),
        ).observe(exchange.seconds)
        if exchange.refusal is not None:
            self._refusals.labels(exchange.refusal).inc()

    def count_call(self, waited: float | None, error: BaseException | None) -> None:
        """Count a call to the database: how long it waited for a thread, and what it raised."""
        if waited is not None:
            self._waits.observe(waited)
        if error is not None:
            state = error.sqlstate if isinstance(error, PersistenceError) else sqlstate_of(error)
            if state is not None or isinstance(error, DatabaseUnavailable):
                self._errors.labels(state[:2] if state else NONE).inc()


class _Readings(Collector):
    """What is as it is, and is read when somebody asks."""

    def __init__(self, metrics: Metrics, pool: Callable[[], PoolState]) -> None:
        self._metrics = metrics
        self._pool = pool

    def collect(self) -> Iterator[Metric]:
        """Read."""
        pool = self._pool()
        yield _gauge("requests_in_flight", "Requests without an answer.", self._metrics.in_flight())
        yield _gauge("workers_waiting", "Requests that wait for a thread.", self._metrics.waiting())
        yield _gauge("pool_size", "Connections at most (DATABASE_POOL_SIZE).", pool.size)
        yield _gauge("pool_connections", "Connections that are open.", pool.open)
        yield _gauge("pool_connections_in_use", "Connections that are in use.", pool.in_use)
        yield CounterMetricFamily(
            "tasks_database_retries", "Statements that were run once more.", value=pool.retries
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"tasks_{name}", text, value=value)
