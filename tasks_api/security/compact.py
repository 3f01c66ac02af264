"""The compact form of a JWT, read to the letter of RFC 7515 and RFC 8259.

PyJWT takes padding, UTF-16 and repeated names, and the last of them counts. Everything here raises
ValueError for them, and for whatever else cannot be read.
"""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any, NoReturn

MAX_BYTES = 8192

_FORM = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*", re.ASCII)
_ENCRYPTED_FORM = re.compile(r"([A-Za-z0-9_-]+)(\.[A-Za-z0-9_-]*){4}", re.ASCII)


def header_of(token: str) -> dict[str, Any]:
    """Parse the header of a token of at most `MAX_BYTES`, whose signature is yet to be verified."""
    return _segment(token, 1)


def is_encrypted(token: str) -> bool:
    """Tell whether this is the compact form of a JWE (RFC 7516), which has five parts."""
    form = _ENCRYPTED_FORM.fullmatch(token) if len(token) <= MAX_BYTES else None
    try:
        return form is not None and "enc" in json_object(_decoded(form[1]))
    except ValueError:
        return False


def payload_of(token: str) -> dict[str, Any]:
    """Parse the payload likewise: nothing of it can be believed."""
    return _segment(token, 2)


def _segment(token: str, number: int) -> dict[str, Any]:
    form = _FORM.fullmatch(token) if len(token) <= MAX_BYTES else None
    if form is None:
        raise ValueError
    return json_object(_decoded(form[number]))


def _decoded(segment: str) -> bytes:
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


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


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _no_constant(_name: str) -> NoReturn:
    raise ValueError
