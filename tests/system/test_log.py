"""What stands in the log beside the requests, and how it looks on a terminal."""

import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import orjson
import pytest

from tasks_api.observability import faults
from tasks_api.observability.events import Event
from tests.support.log import logged
from tests.support.service import Service, environment, running_service

LIBRARIES = """
import asyncio, logging, warnings
from tasks_api.observability import log
log.configure("debug")
logging.getLogger("library").warning("It is %s, they say\\nand more of marker", "marker")
logging.getLogger("library").critical("Oh")
logging.getLogger("library").log(5, "Too fine")
async def main():
    asyncio.get_running_loop().create_future().set_exception(LookupError("marker"))
    async def fails(): raise LookupError("marker")
    task = asyncio.create_task(fails())
    await asyncio.sleep(0.01)
asyncio.run(main())
try:
    raise LookupError("marker") from ValueError("marker")
except LookupError:
    logging.getLogger("library").exception("It broke")
"""


PYTHON = """
import threading, warnings
from tasks_api.observability import log
log.configure("debug")
class Breaks:
    def __del__(self): raise LookupError("marker")
def fail(): raise LookupError("marker")
async def forgotten(): pass
breaks = Breaks()
del breaks
(thread := threading.Thread(target=fail)).start()
thread.join()
forgotten()
warnings.warn("marker")
"""


def output_of(program: str) -> list[dict[str, Any]]:
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stderr == ""
    return [orjson.loads(line) for line in run.stdout.splitlines()]


def test_what_python_itself_reports_is_in_the_log_as_well() -> None:
    lines = output_of(PYTHON)

    assert {(line["event"], line["logger"]) for line in lines} == {(Event.LIBRARY, "python")}
    assert {line["message"] for line in lines} == {
        "an exception that nothing could catch",
        "a thread has failed",
        "RuntimeWarning",
        "UserWarning",
    }
    assert "marker" not in str(lines)
    assert all("<string>" in line["exception"] for line in lines)


def test_of_a_librarys_line_only_what_cannot_hold_a_value_is_logged() -> None:
    lines = output_of(LIBRARIES)

    assert {line["event"] for line in lines} == {Event.LIBRARY}
    assert {line["level"] for line in lines} <= {"debug", "warning", "error"}
    assert "marker" not in str(lines)
    messages = [line["message"] for line in lines]
    assert messages[:2] == ["It is %s, they say", "Oh"]
    assert "Task exception was never retrieved" in messages
    broken = next(line for line in lines if line["message"] == "It broke")
    assert "builtins.LookupError\n" in broken["exception"]
    assert "caused by builtins.ValueError\n" in broken["exception"]


def test_the_beginning_and_the_end_are_told(tmp_path: Path, database_url: str) -> None:
    with running_service(tmp_path, database_url) as service:
        pass

    (started,) = logged(service.log, Event.STARTED)
    assert (started["host"], started["pid"]) == ("127.0.0.1", service.process.pid)
    assert service.url.endswith(f":{started['port']}")
    assert len(logged(service.log, Event.STOPPING)) == 1
    (stopped,) = logged(service.log, Event.STOPPED)
    assert stopped["seconds"] >= 0


def test_at_warning_good_requests_are_left_out(tmp_path: Path, database_url: str) -> None:
    with running_service(tmp_path, database_url, LOG_LEVEL="warning") as service:
        pass

    assert service.log.read_text() == ""


def test_a_defect_is_told_with_its_request_and_then_counted(
    events: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    value = "marker"

    def report() -> None:
        try:
            orjson.loads(value)
        except orjson.JSONDecodeError as error:
            faults.report_unhandled(error, request_id=b"abc")

    for _ in range(10):
        report()
    monkeypatch.setattr(faults, "LOG_INTERVAL_SECONDS", 0)
    report()

    assert [(e["event"], e["count"]) for e in events] == [
        ("unhandled_exception", 1),
        ("unhandled_exception", 10),
    ]
    assert events[0]["request_id"] == "abc"
    assert "test_log.py" in events[0]["exception"]
    assert "marker" not in str(events)


def test_on_a_terminal_it_is_for_people(service: Service) -> None:
    program = """
from tasks_api.observability import log
from tasks_api.observability.exchange import Exchange
from tasks_api.observability.request_log import RequestLog
log.configure("info")
scope = {"headers": [(b"x-request-id", b"abc")], "method": "GET", "extensions": {}}
scope["extensions"]["tasks.route"] = "/api/tasks/{id}"
exchange = Exchange(scope)
exchange.status = 404
RequestLog("secret").ended(exchange)
"""
    terminal, end = pty.openpty()
    subprocess.run(
        [sys.executable, "-c", program], env=environment(NO_COLOR="1"), stdout=end, check=True
    )
    os.close(end)

    line = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert "GET /api/tasks/{id} 404" in line
    assert "request_id=abc" in line
    assert not line.startswith("{")
    assert service.process.poll() is None
