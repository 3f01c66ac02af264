"""The log: one line for each event on standard output, JSON or, on a terminal, for people."""

import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

from tasks_api.observability.events import Event
from tasks_api.observability.faults import location_of
from tasks_api.observability.output import Output


def configure(level: str) -> None:
    """Write everything that this process logs at `level` or above to standard output.

    That includes what libraries log by `logging`, and what Python itself would write to standard
    error: warnings, and exceptions of threads and finalizers.
    """
    # If standard output is closed, its file descriptor may belong to a socket.
    descriptor = sys.stdout.fileno() if sys.stdout else os.open(os.devnull, os.O_WRONLY)
    processors = [_stamp, *(_for_people() if os.isatty(descriptor) else _for_programs())]
    output = Output(descriptor, _lost_lines(processors))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(output),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_Bridge(output)], level=logging.WARNING, force=True)
    # Without a level of its own, uvicorn formats trace messages for every connection.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    warnings.showwarning = _log_warning
    threading.excepthook = lambda failure: _log_of_python("a thread has failed", failure.exc_value)
    sys.unraisablehook = lambda failure: _log_of_python(
        "an exception that nothing could catch", failure.exc_value
    )


def _log_of_python(message: str, error: BaseException | None) -> None:
    where = location_of(error) if error else None
    structlog.get_logger().error(Event.LIBRARY, logger="python", message=message, exception=where)


def _log_warning(  # noqa: PLR0913, PLR0917 -- Python's own.
    message: Warning | str,  # noqa: ARG001 -- it may hold values.
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    where = f"{filename}:{lineno}"
    structlog.get_logger().warning(
        Event.LIBRARY, logger="python", message=category.__name__, exception=where
    )


class _Lines:
    """What structlog calls with each line. Its own logger would flush each line by itself."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def msg(self, line: bytes) -> None:
        """Write a line."""
        self._output.write(line + b"\n")

    debug = info = warning = error = critical = msg


def _stamp(_logger: object, level: str, event: EventDict) -> EventDict:
    # Google Cloud reads `severity`; most others, `level`.
    named = {"level": level, "severity": level.upper(), "event": event.pop("event")}
    return {"time": datetime.now(UTC), **named, **event}


def _for_programs() -> list[Processor]:
    return [structlog.processors.JSONRenderer(orjson.dumps, option=orjson.OPT_UTC_Z)]


def _for_people() -> list[Processor]:
    has_colours = not os.environ.get("NO_COLOR")
    return [_readable, structlog.dev.ConsoleRenderer(colors=has_colours, pad_event_to=40), _encoded]


def _readable(_logger: object, _level: str, event: EventDict) -> EventDict:
    """Put first what a person looks for, and omit what is absent."""
    event["timestamp"] = f"{event.pop('time'):%H:%M:%S.%f}"[:-3]
    event["severity"] = None
    if event["event"] == Event.REQUEST:
        parts = (event.pop("method"), event.pop("route"), event.pop("status"))
        event["event"] = " ".join(str(part or "-") for part in parts)
    return {key: value for key, value in event.items() if value is not None}


def _encoded(_logger: object, _level: str, line: Any) -> bytes:
    return str(line).encode(errors="backslashreplace")


def _lost_lines(processors: list[Processor]) -> Callable[[int], bytes]:
    def line(count: int) -> bytes:
        event: Any = {"event": Event.LINES_LOST, "count": count}
        for process in processors:
            event = process(None, "warning", event)
        return bytes(event) + b"\n"

    return line


class _Bridge(logging.Handler):
    """Logs what libraries log, without anything that could hold a value.

    It keeps the first line of the message before its arguments are filled in, and the type and the
    traceback of an exception.
    """

    def __init__(self, output: Output) -> None:
        super().__init__()
        self.flush = output.flush  # type: ignore[method-assign]

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            max(logging.DEBUG, min(record.levelno // 10 * 10, logging.ERROR)),
            Event.LIBRARY,
            logger=record.name,
            message=str(record.msg).partition("\n")[0],
            exception=location_of(error) if error else None,
        )
