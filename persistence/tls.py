"""Why the TLS of a server is not accepted: libpq says it in words only."""

import socket
import ssl
import struct
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path

ROOTS = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the public certificate authorities: Debian, Fedora, Alpine and macOS."""

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_WRONG_NAME = frozenset({62, 64})
"""X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH of OpenSSL."""

_VERIFIED = frozenset({"verify-ca", "verify-full"})
_SECONDS = 2.0


class TlsFailure(Enum):
    """Why a connection with TLS cannot be made."""

    NOT_OFFERED = auto()
    """The server has no TLS."""
    UNKNOWN_AUTHORITY = auto()
    """No certificate authority that is known has signed the certificate of the server."""
    WRONG_NAME = auto()
    """The certificate is for another name."""


def system_roots() -> str | None:
    """Return the file of the system's certificate authorities; None if there is none.

    The OpenSSL in psycopg2's wheel looks for them where it was built.
    """
    return next((path for path in ROOTS if Path(path).is_file()), None)


def tls_failure(
    address: tuple[str, int], name: str, parameters: Mapping[str, str]
) -> TlsFailure | None:
    """Begin TLS as libpq does, and return what is in the way; None if nothing is, or if unknown."""
    mode = parameters.get("sslmode", "prefer")
    if mode not in _VERIFIED | {"require"}:
        return None
    with suppress(OSError), socket.create_connection(address, _SECONDS) as connection:
        connection.sendall(_SSL_REQUEST)
        match connection.recv(1):
            case b"N":
                return TlsFailure.NOT_OFFERED
            case b"S" if mode in _VERIFIED or "sslrootcert" in parameters:
                return _verified(connection, name, parameters, has_name=mode == "verify-full")
    return None


def _verified(
    connection: socket.socket, name: str, parameters: Mapping[str, str], *, has_name: bool
) -> TlsFailure | None:
    roots = Path(parameters.get("sslrootcert", "~/.postgresql/root.crt")).expanduser()
    if not roots.is_file():
        return TlsFailure.UNKNOWN_AUTHORITY
    try:
        context = ssl.create_default_context(cafile=str(roots))
        context.check_hostname = has_name
        context.wrap_socket(connection, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        is_wrong_name = error.verify_code in _WRONG_NAME
        return TlsFailure.WRONG_NAME if is_wrong_name else TlsFailure.UNKNOWN_AUTHORITY
    except ssl.SSLError:
        return TlsFailure.UNKNOWN_AUTHORITY  # The file has no certificate.
    return None
