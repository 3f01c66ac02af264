"""What is wrong with a token, at length, and how to mend it: `tasks-api token explain`."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from boundary.errors import Unauthenticated
from tasks_api.security import refusals
from tasks_api.security.compact import header_of, payload_of
from tasks_api.security.strict_jwt import LATEST
from tasks_api.security.verifier import TokenVerifier

FIXES = {
    refusals.NO_JWT: "This looks like a session token or a cookie of Better Auth. Take the token "
    "from GET /api/auth/token, or from authClient.token(), of the jwt() plugin.",
    refusals.SESSION_DATA: "The cookie holds the session itself, so it is for Better Auth alone. "
    "Take the token from GET /api/auth/token, or from authClient.token(), of the jwt() plugin.",
    refusals.MALFORMED: "Send the token exactly as Better Auth gave it: three parts with a dot "
    "between them, no quotes, no spaces, no padding, nothing cut off.",
    refusals.FORGED: "BETTER_AUTH_SECRET differs between Better Auth and this service. Copy it "
    "from there, without quotes or a line break. While you change it, keep the old one in "
    "BETTER_AUTH_SECRET_PREVIOUS.",
    refusals.EXPIRED: "Get a new token. Better Auth's live for 15 minutes.",
    refusals.NOT_YET: "Set the clocks of both machines; 30 seconds of difference are allowed.",
    refusals.OTHER_ISSUER: "Make JWT_ISSUER equal to the claim iss above, or leave it out.",
    refusals.OTHER_AUDIENCE: "Make JWT_AUDIENCE equal to the claim aud above, or leave it out.",
    refusals.NO_KEY_SET: "Better Auth's jwt() plugin signs with EdDSA unless it is told otherwise. "
    "Give it a sign function for HS256 (see README), or set BETTER_AUTH_JWKS_URL to its "
    "/api/auth/jwks.",
    refusals.UNKNOWN_KEY: "Nothing is fetched here, so the signature was not checked. The service "
    "checks it with the keys at BETTER_AUTH_JWKS_URL.",
    refusals.NAMELESS: "Have Better Auth put the user's id into the claim sub, as it does unless "
    "it is told otherwise.",
    refusals.UNFIT: "This service keeps user ids of up to 255 characters.",
    refusals.AMBIGUOUS: "Leave user_id out, or make it equal to sub.",
}
OTHER_FIX = "Have Better Auth sign it with HS256 and BETTER_AUTH_SECRET, and with the claim exp."
UNCHECKED = (
    "Not verified: BETTER_AUTH_SECRET is not set here. With it, this says whether it is accepted."
)


def explain(token: str, judge: TokenVerifier | None) -> Iterator[str]:
    """Describe a token line by line; without its signature, and without a network.

    `judge` says whether it would be accepted; None where there is no secret to tell by.
    """
    yield from _contents(token)
    if judge is None:
        yield UNCHECKED
        return
    try:
        yield f"Accepted, for the user {judge.verify(token).user_id!r}."
    except Unauthenticated as refusal:
        yield f"Refused: {refusal}."
        yield f"To mend it: {FIXES.get(str(refusal), OTHER_FIX)}"


def _contents(token: str) -> Iterator[str]:
    try:
        parts = {"header": header_of(token), "claims": payload_of(token)}
    except ValueError:
        return
    for title, members in parts.items():
        yield f"The {title}:"
        yield from (
            f"  {_printable(name)}: {_readable(name, value)}" for name, value in members.items()
        )


def _readable(name: str, value: Any) -> str:
    if name in {"exp", "iat", "nbf"} and isinstance(value, int) and 0 <= value <= LATEST:
        return f"{value} ({datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC)"
    return ascii(value)


def _printable(name: str) -> str:
    """Escape what would steer a terminal, or pass for a line of ours."""
    return name if name.isascii() and name.isprintable() else ascii(name)
