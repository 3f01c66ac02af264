"""Connection strings, parsed by libpq."""

from urllib.parse import parse_qsl, quote

import psycopg2
from psycopg2.extensions import parse_dsn

from persistence.tls import system_roots

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg2")

UNREADABLE = "the database URL is not one that libpq can read (percent-encode special characters)"


def connection_parameters(url: str) -> dict[str, str]:
    """Parse a `postgres://` or `postgresql://` URL into libpq's parameters.

    libpq parses it, so every form and parameter that `psql` accepts is accepted here: several
    hosts, sockets, Neon's `sslmode`, `channel_binding` and `options=endpoint…`.

    Raises ValueError for anything else; its message never holds the password.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        message = "the database URL must start with postgresql:// or postgres://"
        raise ValueError(message)
    try:
        parameters: dict[str, str] = parse_dsn(f"postgresql://{rest}")
    except psycopg2.ProgrammingError:
        unknown = _unknown_parameters(rest)
        message = f"the database URL has parameters that libpq does not know: {unknown}"
        raise ValueError(message if unknown else UNREADABLE) from None
    if _ends_password_early(parameters, rest):
        raise ValueError(UNREADABLE)
    return _with_system_roots(parameters)


def _with_system_roots(parameters: dict[str, str]) -> dict[str, str]:
    # As libpq has it, `system` verifies the name as well; a weaker mode is left for it to refuse.
    weaker = parameters.get("sslmode", "verify-full") != "verify-full"
    if parameters.get("sslrootcert") != "system" or weaker or (roots := system_roots()) is None:
        return parameters
    return parameters | {"sslrootcert": roots, "sslmode": "verify-full"}


def _ends_password_early(parameters: dict[str, str], rest: str) -> bool:
    # libpq takes what follows an unescaped `@` or `/` of the password for a host, a port or a
    # database, and its error message would show it.
    port = parameters.get("port", "").replace(",", "")
    hosts = parameters.get("host", "").split(",")
    database = rest.partition("/")[2].partition("?")[0]
    is_in_host = any("@" in host[1:] for host in hosts)  # At its start it names a socket.
    return is_in_host or "@" in database or not (port == "" or port.isdecimal())


def _unknown_parameters(rest: str) -> str:
    query = rest.partition("?")[2]
    if "@" in query:  # It is the rest of a password that contains a question mark.
        return ""
    names = [name for name, _ in parse_qsl(query, keep_blank_values=True)]
    return ", ".join(f'"{name}"' for name in names if not _is_known(name))


def _is_known(parameter: str) -> bool:
    try:
        parse_dsn(f"postgresql:///?{quote(parameter)}=")
    except psycopg2.ProgrammingError:
        return False
    return True
