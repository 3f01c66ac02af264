"""Checks of Better Auth's public keys, at BETTER_AUTH_JWKS_URL."""

from collections.abc import Iterator

import httpx

from persistence.inspection import event_loop_runner
from tasks_api.checks.finding import Check, Finding, Severity
from tasks_api.security.key_set import FETCH_ERRORS, fetch, read

_WHY = "tokens that Better Auth signs with its own keys (EdDSA) are answered with 401"

UNREACHABLE = Check(
    "jwks-unreachable",
    Severity.WARNING,
    why=f"until it answers, {_WHY}",
    fix="start Better Auth, or correct BETTER_AUTH_JWKS_URL; the service retries by itself",
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
    why="Better Auth creates its key when it signs its first token; if it has signed one, its keys "
    "are not Ed25519 keys, and its tokens are refused",
    fix="have Better Auth sign with EdDSA (Ed25519), its default",
)

_SERVER_ERRORS = 500


def find(url: str) -> Iterator[Finding]:
    """Fetch the key set once, for at most `FETCH_SECONDS`."""
    try:
        with event_loop_runner() as runner:
            keys = read(runner.run(fetch(url))).keys
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        message = f"BETTER_AUTH_JWKS_URL answers with status {status}"
        yield (UNREACHABLE if status >= _SERVER_ERRORS else WRONG).found(message)
    except FETCH_ERRORS as error:
        yield unreachable(_reason(error))
    except ValueError:
        yield WRONG.found("BETTER_AUTH_JWKS_URL does not answer with a key set")
    else:
        if not keys:
            yield EMPTY.found("BETTER_AUTH_JWKS_URL has no Ed25519 key")


def unreachable(reason: str) -> Finding:
    """Return the finding for no answer."""
    return UNREACHABLE.found(f"BETTER_AUTH_JWKS_URL does not answer ({reason})")


def _reason(error: BaseException) -> str:
    cause = error
    while cause.__cause__ is not None:  # httpx and anyio wrap what the kernel said.
        cause = cause.__cause__
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
