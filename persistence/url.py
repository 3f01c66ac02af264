"""Connection strings, read as libpq reads them."""

import psycopg2
from psycopg2.extensions import parse_dsn

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg2")

UNREADABLE = "the database URL is not one that libpq can read (percent-encode special characters)"


def connection_parameters(url: str) -> dict[str, str]:
    """Take a `postgres://` or `postgresql://` URL apart into libpq's own parameters.

    libpq does the reading, so every form and parameter that `psql` takes is taken here: several
    hosts, sockets, Neon's `sslmode`, `channel_binding` and `options=endpoint…`.

    Raises ValueError for anything else; its message never holds the password.
    """
    scheme, separator, rest = url.strip().partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        message = "the database URL must start with postgresql:// or postgres://"
        raise ValueError(message)
    try:
        parameters: dict[str, str] = parse_dsn(f"postgresql://{rest}")
    except psycopg2.ProgrammingError as error:
        raise ValueError(_without_secrets(error)) from None
    if _ends_password_early(parameters, rest):
        raise ValueError(UNREADABLE)
    return parameters


def _ends_password_early(parameters: dict[str, str], rest: str) -> bool:
    # After an `@` or a `/` of the password, libpq takes what is left of it for a host, a port or a
    # database, and names that when there is none.
    port = parameters.get("port", "").replace(",", "")
    hosts = parameters.get("host", "").split(",")
    database = rest.partition("/")[2].partition("?")[0]
    is_in_host = any("@" in host[1:] for host in hosts)  # At its start it names a socket.
    return is_in_host or "@" in database or not (port == "" or port.isdecimal())


def _without_secrets(error: psycopg2.ProgrammingError) -> str:
    reason = str(error).strip().removeprefix("invalid dsn: ")
    if reason.startswith("invalid URI query parameter"):
        return f"the database URL has a parameter that libpq does not know: {reason}"
    return UNREADABLE
