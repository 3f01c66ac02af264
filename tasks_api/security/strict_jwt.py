"""What PyJWT would let pass, and a strict reader of RFC 7515 and RFC 7519 does not."""

from typing import Any

import jwt

from tasks_api.security import refusals
from tasks_api.security.compact import json_object
from tasks_api.security.refusals import refuse

LATEST = 253402300799
"""The last second of the year 9999: times beyond it are no times."""

_OTHER_ALGORITHMS = ("RS256", "ES256", "ES512", "PS256", "none")
_TYPE_OF_SESSION_DATA = "better-auth.session-cache+jwt"
_HEADERS_THAT_CHANGE_THE_MEANING = frozenset(
    {"jwk", "jku", "x5u", "x5c", "crit", "zip", "enc", "cty"}
)


class StrictJWT(jwt.PyJWT):
    """PyJWT, which takes claims of strict JSON alone, with times that are numbers."""

    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """Parse what the signature has just proved (PyJWT documents this as the place for it)."""
        claims = json_object(decoded["payload"])
        if not all(_is_time(claims[name]) for name in ("exp", "nbf", "iat") if name in claims):
            raise ValueError
        return claims


def refuse_other_headers(header: dict[str, Any]) -> None:
    """Refuse what the header of a token must not say.

    Raises:
        Unauthenticated: It names another algorithm, or is of the session_data cookie.
        ValueError: It is malformed, or would change what the token means.
    """
    if header.get("typ") == _TYPE_OF_SESSION_DATA:
        refuse(refusals.SESSION_DATA)
    algorithm = header.get("alg")
    if algorithm not in ("HS256", "EdDSA"):
        # A tuple, not a set: what was sent may be unhashable.
        named = algorithm if algorithm in _OTHER_ALGORITHMS else "another one"
        refuse(refusals.OTHER_ALGORITHM.format(named))
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise ValueError
    if header.keys() & _HEADERS_THAT_CHANGE_THE_MEANING:
        raise ValueError


def _is_time(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LATEST  # type: ignore[operator]
