"""A server whose TLS is not accepted: four findings with four fixes, and none that weakens it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from persistence import tls
from persistence.url import connection_parameters
from tests.database.checks.conftest import Check
from tests.support.certificates import NAME, Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Give the authority of the server."""
    return Authority(tmp_path, "ours")


@contextmanager
def server(certificate: Path | None) -> Iterator[int]:
    """Give the port of what begins as a PostgreSQL does, with TLS or without, and then closes."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with suppress(OSError), connection:
                    connection.recv(8)
                    connection.sendall(b"S" if certificate else b"N")
                    if certificate:
                        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                        context.load_cert_chain(certificate)
                        context.wrap_socket(connection, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def url(port: int, host: str = NAME, **parameters: object) -> str:
    rest = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"postgresql://alice:pa55word@{host}:{port}/tasks?hostaddr=127.0.0.1&{rest}"


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_a_server_without_tls_is_told(check: Check, authority: Authority, mode: str) -> None:
    with server(None) as port:
        found = check(DATABASE_URL=url(port, sslmode=mode, sslrootcert=authority.file))

    assert "database-tls-missing" in found
    assert "database-rejected" not in found


@pytest.mark.parametrize("roots", ["theirs", "none", "empty"])
def test_an_unknown_authority_is_told(
    check: Check, authority: Authority, tmp_path: Path, roots: str
) -> None:
    (tmp_path / "empty.pem").write_text("")
    file = {
        "theirs": Authority(tmp_path, "theirs").file,
        "none": tmp_path / "none.pem",
        "empty": tmp_path / "empty.pem",
    }[roots]

    with server(authority.server) as port:
        found = check(DATABASE_URL=url(port, sslmode="verify-full", sslrootcert=file))

    assert "database-tls-authority" in found
    assert "sslmode=require" not in str(found)


def test_a_certificate_for_another_name_is_told(check: Check, authority: Authority) -> None:
    with server(authority.server) as port:
        other = url(port, "other.example.com", sslmode="verify-full", sslrootcert=authority.file)
        found = check(DATABASE_URL=other)

    assert "database-tls-name" in found


@pytest.mark.parametrize("days", [-30, 30])
def test_a_certificate_that_is_out_of_date_is_told(check: Check, tmp_path: Path, days: int) -> None:
    authority = Authority(tmp_path, "ours", now=datetime.now(UTC) + timedelta(days=days))

    with server(authority.server) as port:
        found = check(DATABASE_URL=url(port, sslmode="verify-full", sslrootcert=authority.file))

    assert [name for name in found if name.startswith("database-")] == ["database-tls-expired"]


def test_an_authority_is_known_as_libpq_knows_it(
    check: Check, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = ssl.create_default_context

    def strict(*, cafile: str) -> ssl.SSLContext:
        context = create(cafile=cafile)
        context.verify_flags |= ssl.VERIFY_X509_STRICT  # Python 3.13 and newer set it by default.
        return context

    monkeypatch.setattr(ssl, "create_default_context", strict)
    with server(authority.server) as port:
        found = check(DATABASE_URL=url(port, sslmode="verify-full", sslrootcert=authority.file))

    assert [name for name in found if name.startswith("database-")] == ["database-rejected"]


def test_the_variables_of_libpq_are_read_as_it_does(
    check: Check, authority: Authority, tmp_path: Path
) -> None:
    variables = {"PGSSLMODE": "verify-ca", "PGSSLROOTCERT": str(tmp_path / "theirs.pem")}
    Authority(tmp_path, "theirs")

    with server(authority.server) as port:
        found = check(DATABASE_URL=url(port), **variables)

    assert "database-tls-authority" in found


def test_a_file_that_is_not_there_is_no_matter_to_require(
    check: Check, authority: Authority, tmp_path: Path
) -> None:
    with server(authority.server) as port:
        nowhere = tmp_path / "none.pem"
        found = check(DATABASE_URL=url(port, sslmode="require", sslrootcert=nowhere))

    assert [name for name in found if name.startswith("database-")] == ["database-rejected"]


def test_what_is_refused_after_tls_is_no_fault_of_it(check: Check, authority: Authority) -> None:
    with server(authority.server) as port:
        found = check(
            DATABASE_URL=url(port, sslmode="verify-full", sslrootcert=authority.file),
        )

    assert [name for name in found if name.startswith("database-")] == ["database-rejected"]


def test_the_systems_authorities_are_those_of_the_system(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    monkeypatch.setattr(tls, "ROOTS", ("/nowhere", str(authority.file)))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)

    system = connection_parameters("postgresql://h/d?sslrootcert=system")
    weaker = connection_parameters("postgresql://h/d?sslrootcert=system&sslmode=require")

    assert (system["sslrootcert"], system["sslmode"]) == (str(authority.file), "verify-full")
    assert weaker["sslrootcert"] == "system"  # libpq refuses it.


def test_the_file_of_openssl_precedes_those_of_the_system(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, tmp_path: Path
) -> None:
    theirs = Authority(tmp_path, "theirs").file
    monkeypatch.setattr(tls, "ROOTS", (str(theirs),))
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    system = connection_parameters("postgresql://h/d?sslrootcert=system")

    assert system["sslrootcert"] == str(authority.file)
