"""Holds recorded exchanges to the contract with openapi-core; prints what it refuses.

It runs in .venv-clients, as openapi-core needs older versions of what the tests need.
"""

import base64
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict


class Request:
    """A recorded request, as openapi-core wants it."""

    def __init__(self, exchange: dict[str, Any]) -> None:
        target = urlsplit(exchange["target"])
        self.host_url = "http://localhost"
        self.path = target.path
        self.full_url_pattern = self.host_url + self.path
        self.method = exchange["method"].lower()
        headers = Headers(exchange["request_headers"])
        query = ImmutableMultiDict(parse_qsl(target.query, keep_blank_values=True))
        self.parameters = RequestParameters(query=query, header=headers)
        self.content_type = headers.get("Content-Type", "").partition(";")[0]
        self.body = base64.b64decode(exchange["request_body"]) or None


class Response:
    """A recorded answer, as openapi-core wants it."""

    def __init__(self, exchange: dict[str, Any]) -> None:
        self.status_code = int(exchange["status"])
        self.headers = Headers(exchange["response_headers"])
        self.content_type = self.headers.get("Content-Type", "").partition(";")[0]
        self.data = base64.b64decode(exchange["response_body"])


def refused(contract: OpenAPI, exchanges: Iterable[dict[str, Any]]) -> list[str]:
    """Return what is refused of these exchanges."""
    found = []
    for exchange in exchanges:
        request, response = Request(exchange), Response(exchange)
        name = f"{exchange['method']} {exchange['target']} {exchange['status']}"
        try:
            if exchange["valid"]:
                contract.validate_request(request)
            contract.validate_response(request, response)
        except Exception as error:  # noqa: BLE001  Each of its errors is a finding.
            found.append(f"{name}: {error!r} {error.__cause__!r}")
    return found


if __name__ == "__main__":
    document = yaml.safe_load(Path(sys.argv[1]).read_text(encoding="utf-8"))
    document["servers"] = [{"url": "http://localhost"}]  # As the requests are recorded.
    contract = OpenAPI.from_dict(document)
    exchanges = map(json.loads, Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())
    print("\n".join(refused(contract, exchanges)))  # noqa: T201
