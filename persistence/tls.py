"""Why the TLS of a server is not accepted: libpq says it in words only."""

import os
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

_OUT_OF_DATE = frozenset({9, 10})
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""

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
    EXPIRED = auto()
    """The certificate, or one that has signed it, has expired or is not yet valid."""


def system_roots() -> str | None:
    """Return the file of the system's certificate authorities; None if there is none.

    The OpenSSL in psycopg2's wheel looks for them where it was built. As for every OpenSSL,
    SSL_CERT_FILE precedes.
    """
    paths = (os.environ.get("SSL_CERT_FILE", ""), *ROOTS)
    return next((path for path in paths if Path(path).is_file()), None)


def tls_failure(
    address: tuple[str, int], name: str, parameters: Mapping[str, str]
) -> TlsFailure | None:
    """Begin TLS as libpq does, and return what is in the way; None if nothing is, or if unknown."""
    mode = parameters.get("sslmode") or os.environ.get("PGSSLMODE") or "prefer"
    if mode not in _VERIFIED | {"require"}:
        return None
    named = parameters.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")
    roots = Path(named or "~/.postgresql/root.crt").expanduser()
    with suppress(OSError), socket.create_connection(address, _SECONDS) as connection:
        connection.sendall(_SSL_REQUEST)
        match connection.recv(1):
            case b"N":
                return TlsFailure.NOT_OFFERED
            case b"S" if mode in _VERIFIED or roots.is_file():
                return _verified(connection, name, roots, has_name=mode == "verify-full")
    return None


def _verified(
    connection: socket.socket, name: str, roots: Path, *, has_name: bool
) -> TlsFailure | None:
    if not roots.is_file():
        return TlsFailure.UNKNOWN_AUTHORITY
    try:
        context = ssl.create_default_context(cafile=str(roots))
        # Python 3.13 sets it, and libpq does not: many private authorities have no key identifier.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.check_hostname = has_name
        context.wrap_socket(connection, server_hostname=name).close()
    except ssl.SSLCertVerificationError as error:
        return _meaning_of(error.verify_code)
    except ssl.SSLError:
        return TlsFailure.UNKNOWN_AUTHORITY  # The file has no certificate.
    return None


def _meaning_of(verify_code: int) -> TlsFailure:
    if verify_code in _WRONG_NAME:
        return TlsFailure.WRONG_NAME
    return TlsFailure.EXPIRED if verify_code in _OUT_OF_DATE else TlsFailure.UNKNOWN_AUTHORITY
