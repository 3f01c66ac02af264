"""Better Auth's public keys, fetched once."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.database.checks.conftest import Check
from tests.support.service import free_port

# The key of RFC 8037, appendix A.2.
ED25519 = (
    '{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "1",'
    ' "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}'
)

Publish = Callable[[int, str], str]


@pytest.fixture
def publish() -> Iterator[Publish]:
    """Give a function that has a server answer with a status and a body, and gives its URL."""
    servers = []

    def publish(status: int, body: str) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/api/auth/jwks"

    yield publish
    for server in servers:
        server.shutdown()
        server.server_close()


def test_keys_that_are_there_are_no_finding(
    check: Check, database_url: str, publish: Publish
) -> None:
    assert check(DATABASE_URL=database_url, BETTER_AUTH_JWKS_URL=publish(200, ED25519)) == {}


@pytest.mark.parametrize(
    ("status", "body", "name", "severity"),
    [
        (404, "", "jwks-wrong", "fatal"),
        (200, "<html>", "jwks-wrong", "fatal"),
        (200, '{"keys": []}', "jwks-empty", "warning"),
        (503, "", "jwks-unreachable", "warning"),
    ],
)
def test_another_answer_is_told(  # noqa: PLR0913, PLR0917 - each is a column of the table.
    check: Check,
    database_url: str,
    publish: Publish,
    status: int,
    body: str,
    name: str,
    severity: str,
) -> None:
    found = check(DATABASE_URL=database_url, BETTER_AUTH_JWKS_URL=publish(status, body))

    assert {check: finding["severity"] for check, finding in found.items()} == {name: severity}


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
def test_no_answer_is_a_warning(check: Check, database_url: str, host: str) -> None:
    url = f"http://{host}:{free_port()}/api/auth/jwks"

    found = check(DATABASE_URL=database_url, BETTER_AUTH_JWKS_URL=url)

    assert list(found) == ["jwks-unreachable"]
    assert found["jwks-unreachable"]["severity"] == "warning"
