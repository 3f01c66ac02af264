"""What a person has set for the network reaches npm; other settings reach no program of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from scripts.node_js import find_node, npm, surroundings, surroundings_of_the_user

REGISTRY = "http://registry.invalid/"


@contextmanager
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a proxy, and the addresses that it was asked for."""
    asked: list[str] = []

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_proxy_and_a_registry_of_the_environment_reach_npm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    node = find_node()
    monkeypatch.setenv("npm_config_registry", REGISTRY)
    with proxy() as (address, asked):
        monkeypatch.setenv("HTTP_PROXY", address)
        monkeypatch.delenv("NO_PROXY", raising=False)

        npm(node, "ping", "--silent", environment=surroundings_of_the_user(node))

    assert asked[0].startswith(REGISTRY)


def test_node_trusts_what_the_machine_trusts(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bundle = tmp_path_factory.mktemp("certificates") / "company.pem"
    bundle.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    monkeypatch.delenv("NODE_OPTIONS", raising=False)

    environment = surroundings_of_the_user(find_node())

    by_bundle = environment.get("NODE_EXTRA_CA_CERTS") == str(bundle)
    assert by_bundle or environment.get("NODE_OPTIONS") == "--use-system-ca"


def test_certificates_that_a_person_names_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/their/own.pem")

    assert surroundings_of_the_user(find_node())["NODE_EXTRA_CA_CERTS"] == "/their/own.pem"


def test_other_settings_of_a_person_reach_no_program_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert {"DATABASE_URL", "HTTP_PROXY"}.isdisjoint(surroundings())
