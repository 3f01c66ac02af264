"""One line of the log for each request; users have pseudonyms in it."""

import hmac
import logging
from functools import lru_cache

import structlog

from tasks_api.observability.events import Event
from tasks_api.observability.exchange import Exchange, Observer

_BAD_REQUEST, _INTERNAL_ERROR, _UNAVAILABLE = 400, 500, 503

# Asked every few seconds, and only worth a line when the answer is bad.
_PROBES = frozenset({"/livez", "/readyz"})

# The documentation has it too, so that an operator can compute a pseudonym.
_PURPOSE = b"tasks-api: the users in the log"
_HEX_DIGITS = 16


class RequestLog(Observer):
    """Logs each exchange when it is over: at `error` for a bug, at `warning` for a 503.

    Probes that are answered well are logged at `debug`.
    """

    def __init__(self, secret: str) -> None:
        """Derive the key of the pseudonyms from the secret; it serves no other purpose."""
        self._log = structlog.get_logger().bind()
        self._key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
        self.pseudonym_of = lru_cache(maxsize=4096)(self._pseudonym_of)

    def ended(self, exchange: Exchange) -> None:
        """Log the exchange, with the number of those that were dropped behind it."""
        if exchange.is_dropped:  # A client that reads nothing would fill the log with them.
            return
        status, user = exchange.status, exchange.user
        more: dict[str, str | int] = {}
        if exchange.refusal is not None:
            more["refusal"] = exchange.refusal
        if exchange.is_cut_off:
            more["cut_off"] = True
        if exchange.dropped:
            more["dropped"] = exchange.dropped
        self._log.log(
            _level_of(exchange),
            Event.REQUEST,
            method=exchange.method,
            route=exchange.route,
            status=status,
            duration_ms=round(exchange.seconds * 1000, 3),
            bytes=exchange.size,
            request_id=exchange.request_id.decode(),
            trace_id=exchange.trace_id,
            user=self.pseudonym_of(user) if user else None,
            **more,
        )

    def _pseudonym_of(self, user_id: str) -> str:
        return hmac.digest(self._key, user_id.encode(), "sha256").hex()[:_HEX_DIGITS]


def _level_of(exchange: Exchange) -> int:
    if exchange.status is None or exchange.status >= _INTERNAL_ERROR:
        return logging.WARNING if exchange.status == _UNAVAILABLE else logging.ERROR
    is_probe = exchange.route in _PROBES and exchange.status < _BAD_REQUEST
    return logging.DEBUG if is_probe else logging.INFO
