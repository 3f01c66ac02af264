"""A plugin of pytest that writes down every exchange of the client of the tests."""

import base64
import json
import os
from pathlib import Path

import httpx

from tests.support import api


def pytest_configure() -> None:
    """Record what is checked."""
    conforms, path = api.conforms, Path(os.environ["RECORDED"])

    def recording(response: httpx.Response) -> None:
        request = response.request
        exchange = {
            "method": request.method,
            "target": request.url.raw_path.decode(),
            "request_headers": request.headers.multi_items(),
            "request_body": base64.b64encode(request.read()).decode(),
            "status": response.status_code,
            "response_headers": response.headers.multi_items(),
            "response_body": base64.b64encode(response.content).decode(),
        }
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(exchange) + "\n")
        conforms(response)

    api.conforms = recording
