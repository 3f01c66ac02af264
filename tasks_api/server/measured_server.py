"""The server with a port for its metrics: beside the service, in the same event loop."""

import asyncio
import socket
from typing import Any, cast

import uvicorn

from tasks_api.observability.exchange import METRICS
from tasks_api.observability.exposition import exposition_of
from tasks_api.observability.metrics import Metrics
from tasks_api.server.draining_protocol import DrainingProtocol, StoppableState
from tasks_api.server.shutdown import GracefulServer


class MeasuredServer(GracefulServer):
    """Answers whoever asks for the metrics, over the same bounded protocol as the service.

    Nothing of that is logged or counted. It goes on until the service has stopped, and no stop
    waits for it.
    """

    def __init__(self, config: uvicorn.Config, listener: socket.socket, **options: Any) -> None:
        super().__init__(config, **options)
        self._metrics_listener = listener
        self._metrics_state = StoppableState()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the service, and then to answer for it."""
        await super().startup(sockets)
        metrics: Metrics = self.lifespan.state[METRICS]
        metrics.in_flight = self._in_flight
        application = exposition_of(metrics.registry)
        config = uvicorn.Config(application, ws="none", log_config=None, access_log=False)
        self._metrics_server = await asyncio.get_running_loop().create_server(
            lambda: DrainingProtocol(config, self._metrics_state, {}), sock=self._metrics_listener
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop the service, and then to answer for it."""
        await super().shutdown(sockets)
        self._metrics_server.close()
        for connection in list(self._metrics_state.connections):
            cast("DrainingProtocol", connection).transport.abort()

    def _in_flight(self) -> int:
        connections = cast("set[DrainingProtocol]", self.server_state.connections)
        return sum(connection.unanswered for connection in connections)
