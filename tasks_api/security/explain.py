"""Describes a token, whether it is accepted, and if not, what to do: `tasks-api token explain`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jwt

from tasks_api.security.refusals import TokenRefused
from tasks_api.security.verifier import LATEST_TIME, TokenVerifier, unverified_header

NOT_VERIFIED = (
    "Not verified: BETTER_AUTH_SECRET is not set here, or a setting is invalid (see "
    "`tasks-api check`). With valid settings, this command says whether the token is accepted."
)


def explain(token: str, verifier: TokenVerifier | None) -> Iterator[str]:
    """Describe a token line by line, without its signature and without a network.

    `verifier` decides whether it is accepted; None if there is no secret.
    """
    yield from _contents(token)
    if verifier is None:
        yield NOT_VERIFIED
        return
    try:
        yield f"Accepted, for the user {verifier.verify(token).user_id!r}."
    except TokenRefused as error:
        yield f"Refused: {str(error).removesuffix('.')}."
        yield f"What to do: {error.refusal.fix}"


def _contents(token: str) -> Iterator[str]:
    try:
        header = unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return
    for title, members in {"header": header, "claims": claims}.items():
        yield f"The {title}:"
        yield from (
            f"  {_printable(name)}: {_readable(name, value)}" for name, value in members.items()
        )


def _readable(name: str, value: Any) -> str:
    if name in {"exp", "iat", "nbf"} and isinstance(value, int) and 0 <= value <= LATEST_TIME:
        return f"{value} ({datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return ascii(value)


def _printable(name: str) -> str:
    """Escape what could control a terminal, or look like a line of ours."""
    return name if name.isascii() and name.isprintable() else ascii(name)
