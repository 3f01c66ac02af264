"""`serve`: how it starts, and how it refuses to."""

import socket
from pathlib import Path

import httpx
import pytest

from tasks_api.server.run import AddressInUseError, listen
from tasks_api.settings import Settings, load
from tests.support.api import SignIn, error_of
from tests.support.command import run
from tests.support.log import awaited
from tests.support.service import (
    FRONTEND,
    NO_SECRET,
    NO_TLS,
    NOWHERE,
    SECRET,
    Service,
    free_port,
)

UNREACHABLE = "The database is unreachable or overloaded. Please try again."


def test_bad_settings_are_listed_and_nothing_is_served(tmp_path: Path) -> None:
    process = run("serve", folder=tmp_path, DATABASE_URL=NOWHERE, PORT="0", FRONTEND_URL=FRONTEND)

    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr.splitlines() == [
        f"Error: BETTER_AUTH_SECRET: {NO_SECRET}",
        "PORT: Input should be greater than or equal to 1",
    ]


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    settings = {"DATABASE_URL": NOWHERE, "BETTER_AUTH_SECRET": SECRET}

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = run("serve", folder=tmp_path, PORT=str(port), **settings)

    assert (process.returncode, process.stdout) == (1, "")
    assert process.stderr == (
        f"Error: Port {port} of 127.0.0.1 is in use. Stop what listens there, or set PORT.\n"
    )


@pytest.mark.usefixtures("env")
@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("192.0.2.1", "Cannot assign requested address"),
        ("nowhere.invalid", "Name or service not known"),
    ],
)
def test_an_address_of_another_machine_is_one_line(host: str, reason: str) -> None:
    with pytest.raises(AddressInUseError) as refusal:
        listen(load(Settings, host=host))

    assert str(refusal.value) == (
        f"Port 8000 of {host} cannot be used: {reason}. "
        "Set HOST to an address of this machine, or another PORT."
    )


@pytest.mark.usefixtures("env")
def test_all_addresses_are_those_of_both_families() -> None:
    port = free_port()

    with listen(load(Settings, host="::", port=port)):
        for address in ("127.0.0.1", "::1"):
            socket.create_connection((address, port), timeout=20).close()


def test_without_its_database_it_starts_and_says_that_it_is_alive(
    service_without_database: Service, sign_in: SignIn
) -> None:
    api = sign_in(url=service_without_database.url)

    response = api.request("GET", "/livez")

    assert (response.status_code, response.json()) == (200, {"data": {"status": "alive"}})


@pytest.mark.parametrize("path", ["/readyz", "/api/tasks", "/api/tasks/1"])
def test_without_its_database_it_asks_to_try_again(
    service_without_database: Service, sign_in: SignIn, path: str
) -> None:
    api = sign_in(url=service_without_database.url)

    response = api.request("GET", path)

    assert error_of(response) == (503, "SERVICE_UNAVAILABLE", UNREACHABLE)
    assert response.headers["Retry-After"] == "1"
    id_ = response.headers["X-Request-ID"]
    awaited(service_without_database.log, "request", request_id=id_)
    assert "pa55word" not in service_without_database.log.read_text()


def test_without_its_database_what_the_client_did_wrong_still_comes_first(
    service_without_database: Service, sign_in: SignIn
) -> None:
    api = sign_in(url=service_without_database.url)
    anonymous = sign_in(url=service_without_database.url, token="")

    assert anonymous.list().status_code == 401
    assert api.create().status_code == 422
    assert api.get("abc").status_code == 422
    assert httpx.get(f"{service_without_database.url}/x", verify=NO_TLS).status_code == 404
