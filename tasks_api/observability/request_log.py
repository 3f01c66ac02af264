"""One line of the log for each request."""

from collections.abc import Callable

import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.exchange import Exchange

_DEFECT, _UNAVAILABLE = 500, 503


class RequestLog:
    """Logs each exchange when it is over: at `error` where it met a defect, `warning` for a 503."""

    def __init__(self, pseudonym_of: Callable[[str], str]) -> None:
        """Log from now on, users by what `pseudonym_of` makes of their ids."""
        self._log = structlog.get_logger().bind()
        self._pseudonym_of = pseudonym_of

    def __call__(self, exchange: Exchange) -> None:
        """Log one."""
        status, user = exchange.status, exchange.user
        log = self._log.info
        if status is None or status >= _DEFECT:
            log = self._log.warning if status == _UNAVAILABLE else self._log.error
        more: dict[str, str | bool] = {}
        if exchange.refusal is not None:
            more["refusal"] = exchange.refusal
        if exchange.is_cut_off:
            more["cut_off"] = True
        log(
            Event.REQUEST,
            method=exchange.method,
            route=exchange.route,
            status=status,
            duration_ms=round(exchange.seconds * 1000, 3),
            bytes=exchange.size,
            request_id=exchange.request_id.decode(),
            trace_id=exchange.trace_id,
            user=self._pseudonym_of(user) if user else None,
            **more,
        )
