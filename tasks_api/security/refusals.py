"""What a developer is told of a token that is not accepted. ASCII, without quotes: see RFC 6750."""

from typing import NoReturn

import jwt

from boundary.errors import Unauthenticated

# Better Auth's session token has no dot, and one where it is the signed value of the cookie.
NO_JWT = "This is no JWT: send the token of /api/auth/token, not the session token"
SESSION_DATA = "This is the session_data cookie: send the token of /api/auth/token instead"
MALFORMED = "The token is malformed"
FORGED = "The signature of the token does not match"
EXPIRED = "The token has expired"
NOT_YET = "The token is not valid yet"
OTHER_ISSUER = "The token was issued by somebody else (iss)"
OTHER_AUDIENCE = "The token was issued for another audience (aud)"
NO_KEY_SET = (
    "The token is signed with EdDSA, and BETTER_AUTH_JWKS_URL is not configured here: "
    "sign it with HS256 and BETTER_AUTH_SECRET, or configure the key set"
)
UNKNOWN_KEY = "The token is signed with a key that the key set of Better Auth does not have"
NAMELESS = "The token names no user: user_id or sub must be a non-empty string"
UNFIT = "The user id of the token must be at most 255 characters, without control characters"
AMBIGUOUS = "The token names two users: user_id and sub differ"
LACKS = "The token lacks the claim {}"
OTHER_ALGORITHM = "The token must be signed with HS256 or EdDSA, not {}"


def refuse(message: str) -> NoReturn:
    """Raise Unauthenticated, and nothing of what led to it."""
    raise Unauthenticated(message) from None


def reason_of(error: jwt.InvalidTokenError) -> str:
    """Return the message for what PyJWT found."""
    if isinstance(error, jwt.MissingRequiredClaimError):
        return LACKS.format(error.claim)
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), MALFORMED)


_REASONS: dict[type[jwt.InvalidTokenError], str] = {
    jwt.ExpiredSignatureError: EXPIRED,
    jwt.ImmatureSignatureError: NOT_YET,
    jwt.InvalidSignatureError: FORGED,
    jwt.InvalidIssuerError: OTHER_ISSUER,
    jwt.InvalidAudienceError: OTHER_AUDIENCE,
}
