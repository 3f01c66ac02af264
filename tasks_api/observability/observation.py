"""All that observes one application, put together."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from persistence.pool import PoolState
from tasks_api.observability.database_watch import DatabaseWatch
from tasks_api.observability.exchange import METRICS, WATCH, Exchange
from tasks_api.observability.pseudonym import Pseudonyms
from tasks_api.observability.request_log import RequestLog
from tasks_api.settings import Settings

if TYPE_CHECKING:
    from tasks_api.observability.metrics import Metrics


class Observation:
    """The log and, where METRICS_PORT is set, the metrics.

    `contract` is the version of the contract; `pool` tells the state of the connections.
    """

    def __init__(self, settings: Settings, *, contract: str, pool: Callable[[], PoolState]) -> None:
        secret = settings.better_auth_secret.get_secret_value()
        self._pseudonyms = Pseudonyms(secret)
        self._metrics = None if settings.metrics_port is None else _metrics(contract, pool)
        self.watch_call = DatabaseWatch(self._metrics.count_call if self._metrics else None)
        """For the worker threads to tell of each call."""

    def observe_waiting(self, waiting: Callable[[], int]) -> None:
        """Have the metrics tell how many requests wait for a thread."""
        if self._metrics is not None:
            self._metrics.waiting = waiting

    def state(self) -> dict[str, Any]:
        """Return what the server looks for in the state of the lifespan, when the log is set up."""
        return {WATCH: self._watch(), METRICS: self._metrics}

    def _watch(self) -> Callable[[Exchange], None]:
        log, metrics = RequestLog(self._pseudonyms.of), self._metrics
        if metrics is None:
            return log

        def watch(exchange: Exchange) -> None:
            log(exchange)
            metrics.count_request(exchange)

        return watch


def _metrics(contract: str, pool: Callable[[], PoolState]) -> "Metrics":
    from tasks_api.observability.metrics import Metrics  # noqa: PLC0415 - it is not free.

    return Metrics(contract=contract, pool=pool)
