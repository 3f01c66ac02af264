"""The beginning and the end of the process, as events."""

import os
import platform
import socket
from importlib.metadata import version

import structlog

from tasks_api.observability.events import Event


def say_started(listener: socket.socket) -> None:
    """Log which program listens where."""
    host, port, *_ = listener.getsockname()
    structlog.get_logger().info(
        Event.STARTED,
        version=version("tasks-api"),
        python=platform.python_version(),
        host=host,
        port=port,
        pid=os.getpid(),
    )


def say_stopping() -> None:
    """Log that no further connection is accepted."""
    structlog.get_logger().info(Event.STOPPING)


def say_stopped(seconds: float) -> None:
    """Log that nothing is left to do, and how long that took."""
    structlog.get_logger().info(Event.STOPPED, seconds=round(seconds, 1))
