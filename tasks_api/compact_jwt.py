"""The compact form of a JWT, read to the letter of RFC 7515 and RFC 8259.

PyJWT takes padding, other spellings of the same bytes, UTF-16 and repeated names. Everything here
raises ValueError for them, and for whatever else cannot be read.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple, NoReturn

MAX_BYTES = 8192

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)


class Segments(NamedTuple):
    """The three parts of a token, decoded."""

    header: bytes
    payload: bytes
    signature: bytes


def segments(token: str) -> Segments:
    """Take a token of at most `MAX_BYTES` apart."""
    if len(token) > MAX_BYTES or not _FORM.fullmatch(token):
        raise ValueError
    return Segments(*map(_decoded, token.split(".")))


def json_object(text: bytes) -> dict[str, Any]:
    """Parse a JSON object in UTF-8 that has no name twice, at any depth."""
    try:
        members = json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except RecursionError:
        raise ValueError from None
    if not isinstance(members, dict):
        raise ValueError  # noqa: TRY004 - the text is wrong, not the type of an argument.
    return members


def _decoded(segment: str) -> bytes:
    """Decode base64url without padding, in the one spelling of RFC 4648, section 3.5."""
    decoded = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if urlsafe_b64encode(decoded).rstrip(b"=") != segment.encode():
        raise ValueError
    return decoded


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> NoReturn:
    raise ValueError
