"""The HTTP protocol that gives each request an id, each answer its headers, and tells of both."""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from boundary.errors import RequestRefused
from handlers.problems import rendered
from tasks_api.observability import defects
from tasks_api.observability.exchange import EXCHANGE, WATCH, Exchange
from tasks_api.server.answer_headers import answer_headers
from tasks_api.server.responses import as_bytes
from tasks_api.server.transport import LingeringTransport


class ObservedProtocol(HttpToolsProtocol):
    """Tells the watch of the application of every exchange, once, when it is over.

    All answers pass here, those that the application knows nothing of as well.
    """

    scope: Any  # uvicorn's own type for it knows no extension but its own.
    transport: LingeringTransport

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._watch: Callable[[Exchange], None] = self.app_state.get(WATCH, lambda _: None)

    def on_headers_complete(self) -> None:
        """Begin to observe a request."""
        super().on_headers_complete()
        exchange = Exchange(self.scope)
        # The protocol speaks before the application does: nobody has put anything there yet.
        self.scope["extensions"] = {EXCHANGE: exchange}
        headers = answer_headers(exchange.request_id, self.scope["raw_path"])
        self.cycle.default_headers = [*self.cycle.default_headers, *headers]

    async def _send(self, cycle: RequestResponseCycle, message: Any) -> None:
        exchange = _exchange_of(cycle)
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            # The head waits for the first piece of the body, and both are sent at once.
            self.transport.hold()
            await cycle.send(message)
        else:
            if cycle.scope["method"] != "HEAD":
                exchange.size += len(message.get("body", b""))
            await cycle.send(message)
            self.transport.release()

    def _refusal_of(self, cycle: RequestResponseCycle | None, reason: Exception) -> bytes:
        """Write the answer to a request, or to what is none, that the application cannot give."""
        exchange = Exchange() if cycle is None else _exchange_of(cycle)
        if not isinstance(reason, RequestRefused):
            defects.report(reason, request_id=exchange.request_id)
        answer = rendered(reason)
        has_body = exchange.method != "HEAD"
        exchange.status, exchange.size = answer.status, len(answer.body) if has_body else 0
        self._tell(exchange)
        headers = answer_headers(exchange.request_id)
        return as_bytes(answer, headers, has_body=has_body)

    def _complete(self, cycle: RequestResponseCycle) -> None:
        """Tell that the application has answered."""
        self._tell(_exchange_of(cycle))

    def _cut_off(self, cycle: RequestResponseCycle) -> None:
        """End a connection on which half an answer was sent; tell that nobody gets all of it."""
        exchange = _exchange_of(cycle)
        exchange.is_cut_off = True
        self._tell(exchange)
        if not cycle.disconnected:
            self.transport.abort()

    def _tell(self, exchange: Exchange) -> None:
        if not exchange.is_over:
            exchange.is_over = True
            self._watch(exchange)


def _exchange_of(cycle: RequestResponseCycle) -> Exchange:
    scope: Any = cycle.scope
    exchange: Exchange = scope["extensions"][EXCHANGE]
    return exchange
