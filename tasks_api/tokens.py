"""What a token must be, so that the user whom it names can be believed.

PyJWT verifies the signature and the registered claims. It accepts more than a strict reader of
RFC 7515 and RFC 7519 does: what it would let pass is refused here, before or after.
"""

import re
from typing import Any, NamedTuple, NoReturn

import jwt

from boundary.errors import Unauthenticated
from tasks_api.compact_jwt import json_object, segments

ALGORITHM = "HS256"
LEEWAY_SECONDS = 30
MAX_CHARACTERS = 255
"""Of a user id, an e-mail address or a name."""

LATEST = 253402300799
"""The last second of the year 9999: times beyond it are no times."""

_DOTS_OF_A_JWT = 2
_HMAC_SHA_256_BYTES = 32
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_OTHER_ALGORITHMS = ("EdDSA", "RS256", "ES256", "PS256", "none")
_HEADERS_THAT_CHANGE_THE_MEANING = frozenset(
    {"jwk", "jku", "x5u", "x5c", "crit", "zip", "enc", "cty"}
)

# Better Auth's session token has no dot, and one where it is the signed value of the cookie.
NO_JWT = "This is no JWT: send the token of /api/auth/token, not the session token"
MALFORMED = "The token is malformed"
FORGED = "The signature of the token does not match"
EXPIRED = "The token has expired"
NAMELESS = "The token names no user: user_id or sub must be a non-empty string"
UNFIT = "The user id of the token must be at most 255 characters, without control characters"
AMBIGUOUS = "The token names two users: user_id and sub differ"


class Identity(NamedTuple):
    """The user whom a token proves, and what it says of them."""

    user_id: str
    email: str | None
    name: str | None


class TokenVerifier:
    """Verifies tokens with one secret. Keeps nothing and waits for nothing."""

    def __init__(
        self, secret: str, *, issuer: str | None = None, audience: str | None = None
    ) -> None:
        self._jwt = _StrictJWT()
        self._secret = secret
        self._issuer = issuer
        self._audience = audience
        # With no audience configured, a token that carries one (as Better Auth's do) is fine.
        self._options: Any = {
            "require": ["exp"],
            "verify_aud": audience is not None,
            "verify_sub": False,  # `_identity` is stricter.
        }

    def verify(self, token: str) -> Identity:
        """Return the identity that the token proves.

        Raises:
            Unauthenticated: It proves none; the message says why.
        """
        if token.count(".") < _DOTS_OF_A_JWT:
            _refuse(NO_JWT)
        try:
            return _identity(self._claims(token))
        except jwt.InvalidTokenError as error:
            _refuse(_reason(error))
        except ValueError:
            _refuse(MALFORMED)

    def _claims(self, token: str) -> dict[str, Any]:
        header, _, signature = segments(token)
        _refuse_other_headers(json_object(header))
        if len(signature) != _HMAC_SHA_256_BYTES:
            raise jwt.InvalidSignatureError
        return self._jwt.decode(
            token,
            self._secret,
            algorithms=[ALGORITHM],
            issuer=self._issuer,
            audience=self._audience,
            leeway=LEEWAY_SECONDS,
            options=self._options,
        )


class _StrictJWT(jwt.PyJWT):
    def _decode_payload(self, decoded: dict[str, Any]) -> dict[str, Any]:
        """Parse what the signature has just proved (PyJWT documents this as the place for it)."""
        claims = json_object(decoded["payload"])
        if not all(_is_time(claims[name]) for name in ("exp", "nbf", "iat") if name in claims):
            raise ValueError
        return claims


def _refuse(message: str) -> NoReturn:
    raise Unauthenticated(message) from None


_REASONS: dict[type[jwt.InvalidTokenError], str] = {
    jwt.ExpiredSignatureError: EXPIRED,
    jwt.ImmatureSignatureError: "The token is not valid yet",
    jwt.InvalidSignatureError: FORGED,
    jwt.InvalidIssuerError: "The token was issued by somebody else (iss)",
    jwt.InvalidAudienceError: "The token was issued for another audience (aud)",
}


def _reason(error: jwt.InvalidTokenError) -> str:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token lacks the claim {error.claim}"
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), MALFORMED)


def _refuse_other_headers(header: dict[str, Any]) -> None:
    algorithm = header.get("alg")
    if algorithm != ALGORITHM:
        # A tuple, not a set: what was sent may be unhashable.
        named = algorithm if algorithm in _OTHER_ALGORITHMS else "another one"
        _refuse(f"The token must be signed with {ALGORITHM}, not {named}")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise ValueError
    if header.keys() & _HEADERS_THAT_CHANGE_THE_MEANING:
        raise ValueError


def _is_time(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LATEST  # type: ignore[operator]


def _identity(claims: dict[str, Any]) -> Identity:
    user_ids = [claims[name] for name in ("user_id", "sub") if name in claims]
    if not user_ids or not all(isinstance(each, str) and each.strip() for each in user_ids):
        _refuse(NAMELESS)
    if any(_text(user_id) is None for user_id in user_ids):
        _refuse(UNFIT)
    if len(set(user_ids)) > 1:
        _refuse(AMBIGUOUS)
    return Identity(user_ids[0], _text(claims.get("email")), _text(claims.get("name")))


def _text(value: object) -> str | None:
    """Return the value where it is text that every part of the system can keep, else None."""
    if isinstance(value, str) and 0 < len(value) <= MAX_CHARACTERS and not _UNFIT.search(value):
        return value
    return None
