"""A certificate authority for the tests, and a certificate of a server that it has signed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "db.example.com"


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    *,
    now: datetime | None = None,
) -> x509.Certificate:
    """Make a certificate for a name, which is an authority if it has signed itself.

    It is valid from the day before `now` to the day after it.
    """
    now = now or datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=key is by, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by, hashes.SHA256())
    )


class Authority:
    """A certificate authority, with a certificate for `NAME`, which it signs at the time `now`."""

    def __init__(self, folder: Path, name: str, *, now: datetime | None = None) -> None:
        key, server = (
            ec.generate_private_key(ec.SECP256R1()),
            ec.generate_private_key(ec.SECP256R1()),
        )
        pem = serialization.Encoding.PEM
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate(name, key, name, key).public_bytes(pem))
        self.server = folder / f"{name}-server.pem"
        self.server.write_bytes(
            server.private_bytes(
                pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate(NAME, server, name, key, now=now).public_bytes(pem)
        )
