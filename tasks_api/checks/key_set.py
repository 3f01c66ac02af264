"""Better Auth's public keys, where BETTER_AUTH_JWKS_URL says that they are."""

from collections.abc import Iterator
from http.client import HTTPException
from urllib.error import HTTPError

from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.security.key_set import fetch

_WHY = "tokens that Better Auth signs with its own keys (EdDSA) are answered with 401"

UNREACHABLE = Check(
    "jwks-unreachable",
    Severity.WARNING,
    why=f"until it answers, {_WHY}",
    fix="start Better Auth, or correct BETTER_AUTH_JWKS_URL; the service tries again by itself",
)
WRONG = Check(
    "jwks-wrong",
    Severity.FATAL,
    why=_WHY,
    fix="set BETTER_AUTH_JWKS_URL to Better Auth's base URL followed by /api/auth/jwks",
)
EMPTY = Check(
    "jwks-empty",
    Severity.WARNING,
    why="Better Auth makes its key when it signs its first token; if it has signed one, its "
    "keys are not of the kind that is accepted",
    fix="have it sign with EdDSA (Ed25519), its default",
)

_SERVER_ERRORS = 500


def find(url: str) -> Iterator[Finding]:
    """Fetch the key set once; every wait for a packet is bounded by `FETCH_SECONDS`."""
    try:
        keys = fetch(url)
    except HTTPError as error:
        message = f"BETTER_AUTH_JWKS_URL answers with status {error.code}"
        yield (UNREACHABLE if error.code >= _SERVER_ERRORS else WRONG).found(message)
    except (OSError, HTTPException) as error:
        yield unreachable(_reason(error))
    except ValueError:
        yield WRONG.found("BETTER_AUTH_JWKS_URL answers with something that is no key set")
    else:
        if not keys:
            yield EMPTY.found("BETTER_AUTH_JWKS_URL has no Ed25519 key")


def unreachable(reason: str) -> Finding:
    """Give the finding for no answer."""
    return UNREACHABLE.found(f"BETTER_AUTH_JWKS_URL does not answer ({reason})")


def _reason(error: Exception) -> str:
    cause = getattr(error, "reason", None) or error  # urllib wraps what has happened.
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
