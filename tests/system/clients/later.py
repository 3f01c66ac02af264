"""A stand-in for a later version of the service, which may say more than this contract does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import yaml

from tests.system.clients.tools import CONTRACT

_JSON = "application/json"


def _answers() -> dict[str, tuple[int, str, str]]:
    contract = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    responses = contract["paths"]["/api/tasks/{id}"]["get"]["responses"]
    task = _example(contract, responses["200"])
    failure = _example(contract, responses["404"])
    task["data"]["priority"] = 3

    def with_code(code: str) -> str:
        error = {**failure["error"], "code": code, "help": "More about it"}
        return json.dumps({"error": error})

    return {
        "/api/tasks/1": (200, _JSON, json.dumps(task)),
        "/api/tasks/2": (404, _JSON, with_code("ARCHIVED")),
        "/api/tasks/3": (429, _JSON, with_code("TOO_MANY_REQUESTS")),
        "/api/tasks/4": (502, "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
    }


def _example(contract: dict[str, Any], response: dict[str, Any]) -> Any:
    content = _resolved(contract, response)["content"][_JSON]
    if "example" in content:
        return content["example"]
    return _resolved(contract, next(iter(content["examples"].values())))["value"]


def _resolved(contract: dict[str, Any], node: dict[str, Any]) -> Any:
    for name in node.get("$ref", "#").split("/")[1:]:
        contract = contract[name]
    return contract if "$ref" in node else node


@contextmanager
def later_service() -> Iterator[str]:
    """Start it, and give its URL."""
    answers = _answers()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media_type, text = answers[self.path]
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
