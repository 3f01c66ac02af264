"""Runs uvicorn: its configuration, its sockets, and the port of the metrics."""

import errno
import os
import platform
import socket
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from tasks_api.observability.events import Event
from tasks_api.observability.exchange import METRICS
from tasks_api.server.protocol import Protocol
from tasks_api.server.shutdown import GracefulServer
from tasks_api.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

KEEP_ALIVE_SECONDS = 65
"""Longer than the 60 seconds of common load balancers, so that the service never closes first."""


class AddressInUseError(Exception):
    """Nothing can be served on this host and port. The message says why."""


RECEIVE_BUFFER_BYTES = 16 * 1024
"""What may arrive of a connection before it is read; Linux doubles it."""


def listen(settings: Settings) -> socket.socket:
    """Bind the address of the settings.

    Raises:
        AddressInUseError: The port is taken, or the address is not one of this machine.
    """
    listener = _bind(settings.host, settings.port, "PORT")
    # Its connections inherit it. By default, the event loop reads 256 KiB of each at once.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
    return listener


def serve(
    app: ASGIApp,
    settings: Settings,
    listener: socket.socket,
    *,
    on_started: Callable[[], None] = lambda: None,
    on_stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, answer every request that was received, and return.

    Raises:
        AddressInUseError: METRICS_PORT is taken.
    """

    def started() -> None:
        registry = server.lifespan.state.get(METRICS)
        if registry is not None and settings.metrics_port is not None:
            _serve_metrics(registry, settings.host, settings.metrics_port)
        _log_started(listener)
        on_started()

    server = GracefulServer(
        configuration(app, settings),
        on_started=started,
        on_stopping=on_stopping,
        max_connections=settings.max_connections,
    )
    if settings.metrics_port is not None:  # Before any connection is accepted.
        _require_free(settings.host, settings.metrics_port)
    server.run(sockets=[listener])


def configuration(app: Any, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration."""
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        proxy_headers=settings.forwarded_allow_ips is not None,
        forwarded_allow_ips=settings.forwarded_allow_ips or "",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


def _log_started(listener: socket.socket) -> None:
    host, port, *_ = listener.getsockname()
    structlog.get_logger().info(
        Event.STARTED,
        version=version("tasks-api"),
        python=platform.python_version(),
        host=host,
        port=port,
        pid=os.getpid(),
    )


def _bind(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Every address of this machine: IPv4 as well, whatever the default of the kernel is.
    is_dual = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, port), family=family, backlog=2048, dualstack_ipv6=is_dual
        )
    except OSError as error:
        raise AddressInUseError(_reason(error, host, port, setting)) from error


def _require_free(host: str, port: int) -> None:
    _bind(host, port, "METRICS_PORT").close()


def _serve_metrics(registry: "CollectorRegistry", host: str, port: int) -> None:
    from prometheus_client import start_http_server  # noqa: PLC0415 - only if it is configured.

    try:
        start_http_server(port, host, registry)  # In a daemon thread, which ends with the process.
    except OSError as error:
        raise AddressInUseError(_reason(error, host, port, "METRICS_PORT")) from error


def _reason(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is in use. Stop what listens there, or set {setting}."
    reason = str(error.strerror).partition(" (while")[0]  # The rest repeats the address.
    return (
        f"Port {port} of {host} cannot be used: {reason}. "
        f"Set HOST to an address of this machine, or another {setting}."
    )
