"""uvicorn, set up for this service."""

import errno
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from connexion.apps.asynchronous import AsyncApp

from tasks_api.server import memory
from tasks_api.server.draining_protocol import DrainingProtocol
from tasks_api.server.shutdown import GracefulServer
from tasks_api.settings import Settings

KEEP_ALIVE_SECONDS = 65
"""Longer than the 60 seconds of common load balancers, so that it is never we who close first."""


class AddressInUseError(Exception):
    """Nothing can be served on this host and port. The message says why."""


def listen(settings: Settings) -> socket.socket:
    """Bind the address of the settings.

    Raises:
        AddressInUseError: Somebody else listens there, or the address is not this machine's.
    """
    return _bind(settings.host, settings.port, "PORT")


def _bind(host: str, port: int, setting: str) -> socket.socket:
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=2048
        )
    except OSError as error:
        message = f"Port {port} of {host} {_reason(error, setting)}"
        raise AddressInUseError(message) from error


def _reason(error: OSError, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"is taken: stop what listens there, or set {setting}"
    said = str(error.strerror).partition(" (while")[0]  # The rest repeats the address.
    return f"cannot be used: {said}; set HOST to an address of this machine, or another {setting}"


def serve(
    app: AsyncApp,
    settings: Settings,
    listener: socket.socket,
    *,
    when_ready: Callable[[], None] = lambda: None,
    when_stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, answer what was asked, and return.

    Raises:
        AddressInUseError: METRICS_PORT cannot be had.
    """
    memory.keep_little()
    hooks = {"when_ready": when_ready, "when_stopping": when_stopping}
    server = _server(configuration(app, settings), settings, hooks)
    server.run(sockets=[listener])


def _server(config: uvicorn.Config, settings: Settings, hooks: dict[str, Any]) -> GracefulServer:
    if settings.metrics_port is None:
        return GracefulServer(config, **hooks)
    from tasks_api.server.measured_server import MeasuredServer  # noqa: PLC0415 - it is not free.

    return MeasuredServer(
        config, _bind(settings.host, settings.metrics_port, "METRICS_PORT"), **hooks
    )


def configuration(app: Any, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's settings."""
    return uvicorn.Config(
        app,
        http=DrainingProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=settings.forwarded_allow_ips is not None,
        forwarded_allow_ips=settings.forwarded_allow_ips or "",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
