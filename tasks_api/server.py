"""uvicorn, set up for this service."""

import errno
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from connexion.apps.asynchronous import AsyncApp

from tasks_api.draining_protocol import DrainingProtocol
from tasks_api.graceful_server import GracefulServer
from tasks_api.observation import log
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
    try:
        return socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
            backlog=2048,
        )
    except OSError as error:
        message = f"Port {settings.port} of {settings.host} {_reason(error)}"
        raise AddressInUseError(message) from error


def _reason(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "is taken: stop what listens there, or set PORT"
    said = str(error.strerror).partition(" (while")[0]  # The rest repeats the address.
    return f"cannot be used: {said}; set HOST to an address of this machine, or another PORT"


def serve(
    app: AsyncApp,
    settings: Settings,
    listener: socket.socket,
    *,
    when_ready: Callable[[], None] = lambda: None,
    when_stopping: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, answer what was asked, and return."""
    log.configure(settings.log_level)
    server = GracefulServer(
        configuration(app, settings), when_ready=when_ready, when_stopping=when_stopping
    )
    server.run(sockets=[listener])


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
