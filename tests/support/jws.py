"""Tokens made by hand, for what no library would sign."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from tests.support.service import SECRET

DAY = 86_400
HEADER = {"alg": "HS256", "typ": "JWT"}


def in_(seconds: float) -> int:
    """Return a time as a claim has it, counted from now."""
    return int(time.time() + seconds)


def encoded(content: object) -> str:
    """Write a segment: bytes and text as they are, anything else as JSON."""
    if isinstance(content, str):
        content = content.encode()
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(signing_input: str, *, secret: str = SECRET, algorithm: str = "sha256") -> str:
    """Add the signature to the two segments."""
    return f"{signing_input}.{signature(signing_input, secret=secret, algorithm=algorithm)}"


def signature(signing_input: str, *, secret: str = SECRET, algorithm: str = "sha256") -> str:
    """Sign two segments, whatever they are."""
    return encoded(hmac.digest(secret.encode(), signing_input.encode(), algorithm))


def token(payload: object, *, header: object = HEADER) -> str:
    """Sign a payload that may be anything, under a header that may be anything."""
    return signed(f"{encoded(header)}.{encoded(payload)}")


def claims(**others: object) -> dict[str, object]:
    """Return the claims of a good token of alice, with these instead of or beside them.

    Good for a day, since tables of tokens are made long before the tests run.
    """
    return {"sub": "alice", "exp": in_(DAY), **others}


def without(name: str, members: Mapping[str, object]) -> dict[str, object]:
    """Return the claims without one of them."""
    return {key: value for key, value in members.items() if key != name}
