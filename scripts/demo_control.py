"""What the panel of `make demo` can take away: the service, and the answers of the database."""

import subprocess
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import psycopg2

FREEZE_SECONDS = 20


class Service:
    """A process that the panel may stop and start, and that otherwise has to go on."""

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = start()

    def start(self) -> None:
        """Start it again, unless it runs."""
        with self._lock:
            self._process = self._process or self._start()

    def stop(self) -> None:
        """End it as an operator would, and return when it has ended."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            end(process)

    def poll(self) -> int | None:
        """Return the status with which it has ended by itself, or None."""
        process = self._process
        return None if process is None else process.poll()


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate it, and kill it if that does not help."""
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()


class Control:
    """An HTTP server for the panel: `POST /stop`, `/start` and `/freeze`."""

    def __init__(self, service: Service, database_url: str) -> None:
        actions = {
            "/stop": service.stop,
            "/start": service.start,
            "/freeze": lambda: _in_background(lambda: freeze(database_url)),
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(actions))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Serve in a thread."""
        _in_background(self._server.serve_forever)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def freeze(database_url: str) -> None:
    """Keep every statement on the tasks waiting for a while."""
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
            time.sleep(FREEZE_SECONDS)
    finally:
        connection.close()


def _in_background(action: Callable[[], None]) -> None:
    threading.Thread(target=action, daemon=True).start()


def _handler(actions: dict[str, Callable[[], None]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            action = actions.get(self.path)
            if action is not None:
                action()
            self.send_response(404 if action is None else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the panel shows what happens."""

    return Handler
