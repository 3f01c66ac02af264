"""Connection strings, read as libpq reads them."""

import psycopg2
from psycopg2.extensions import parse_dsn

SCHEMES = ("postgresql", "postgres", "postgresql+psycopg2")


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
    return parameters


def _without_secrets(error: psycopg2.ProgrammingError) -> str:
    reason = str(error).strip().removeprefix("invalid dsn: ")
    if reason.startswith("invalid URI query parameter"):
        return f"the database URL has a parameter that libpq does not know: {reason}"
    return "the database URL is not one that libpq can read (percent-encode special characters)"
