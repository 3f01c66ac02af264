"""What a setting may be: each type checks one, and says how to mend it."""

import re
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from persistence.url import connection_parameters
from persistence.users_table import qualified

MIN_SECRET_BYTES = 32
"""RFC 7518, section 3.2: a key of HS256 is at least as long as its hash."""

# The last one is what Better Auth falls back to when nobody gives it a secret.
PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|your[-_ ]|replace[-_ ]?(me|this|with)|placeholder|<.*>"
    r"|better-auth-secret-123456789",
    re.IGNORECASE,
)

_ORIGIN = re.compile(
    r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?/?", re.IGNORECASE | re.ASCII
)
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+(%[a-z0-9._-]+)?", re.IGNORECASE | re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _database_url(url: SecretStr) -> SecretStr:
    connection_parameters(url.get_secret_value())
    return url


def _secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    advice = "make one with `openssl rand -base64 32` and give it to Better Auth as well"
    if PLACEHOLDER.search(text):
        message = f"a placeholder that anybody can guess; {advice}"
        raise ValueError(message)
    if not text.isprintable():  # A line break at its end, mostly, which Better Auth does not have.
        message = f"holds a character that cannot be printed; {advice}"
        raise ValueError(message)
    if len(text.encode()) < MIN_SECRET_BYTES:
        message = f"shorter than {MIN_SECRET_BYTES} bytes; {advice}"
        raise ValueError(message)
    return secret


def _origins(text: object) -> object:
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


def _origin(text: str) -> str:
    """Spell an origin as a browser does in `Origin` (RFC 6454, section 6.2)."""
    parts = _ORIGIN.fullmatch(text)
    if parts is None:
        message = (
            "must be origins such as https://app.example.com, separated by commas, without a path"
        )
        raise ValueError(message)
    scheme, host, port = (part and part.lower() for part in parts.groups())
    is_default = port is None or int(port) == _DEFAULT_PORTS[scheme]
    return f"{scheme}://{host}" if is_default else f"{scheme}://{host}:{int(port)}"


def _host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError("must be an IP address of this machine or a name of one")
    return name


def _addresses(text: str) -> str:
    """Check addresses and networks; `*` stands for everybody."""
    for part in text.split(","):
        if part.strip() != "*":
            try:
                ip_network(part.strip())
            except ValueError as error:
                message = "must be IP addresses or networks such as 10.0.0.0/8, separated by commas"
                raise ValueError(message) from error
    return text


def _table(name: str) -> str:
    qualified(name)
    return name


def _key_set_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        message = "must be a URL such as https://app.example.com/api/auth/jwks"
        raise ValueError(message)
    return url


Addresses = Annotated[str, AfterValidator(_addresses)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
Host = Annotated[str, AfterValidator(_host)]
KeySetUrl = Annotated[str, AfterValidator(_key_set_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
Origin = Annotated[str, AfterValidator(_origin)]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_origins)]
TableName = Annotated[str, AfterValidator(_table)]
