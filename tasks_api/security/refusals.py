"""Why a token is refused: one table for the answer, the log, the metrics and `token explain`."""

from enum import Enum
from typing import NoReturn

from boundary.errors import Unauthenticated
from handlers.problems import NO_TOKEN, UNKNOWN_USER

_GET_A_TOKEN = "Get the token from GET /api/auth/token, or authClient.token(), of the jwt() plugin."  # noqa: S105 -- it is advice, not a secret.


class Refusal(Enum):
    """A reason to refuse a token.

    `code` is for programs, in the terms of JWT libraries. `message` is for the developer of the
    client: ASCII without quotes, as it becomes part of a header (RFC 6750, section 3); `{}` stands
    for a detail. `fix` tells an operator what to do.
    """

    MISSING_TOKEN = "missing_token", NO_TOKEN, _GET_A_TOKEN
    # Better Auth's session token has no dot, or one in the signed value of the cookie.
    NOT_A_JWT = (
        "not_a_jwt",
        "Not a JWT. Send the token from /api/auth/token, not the session token.",
        f"This looks like a session token or a cookie of Better Auth. {_GET_A_TOKEN}",
    )
    SESSION_COOKIE = (
        "session_cookie",
        "This is the session_data cookie. Send the token from /api/auth/token.",
        f"The cookie contains the session itself, and only Better Auth may see it. {_GET_A_TOKEN}",
    )
    NO_VALUE = (
        "no_value",
        "The client sent the word {} instead of a token. Sign in first.",
        f"The client sent a variable that was not set. {_GET_A_TOKEN}",
    )
    OBJECT = (
        "object",
        (
            "The client sent an object instead of a token. Send data.token of what await "
            "authClient.token() returns."
        ),
        "authClient.token() returns a promise of an object. The token is its data.token.",
    )
    QUOTED = (
        "quoted",
        "The token is in quotes. Send it without them.",
        "Remove the quotes around the token; JSON.stringify adds them.",
    )
    REPEATED = (
        "repeated",
        "More than one token, or the word Bearer twice. Send Authorization: Bearer <JWT> once.",
        "Look for a second place in the client, or a proxy, that adds Bearer or the header.",
    )
    TOO_LONG = (
        "too_long",
        "The token has {} characters, more than 8192. Put less into it with definePayload.",
        (
            "By default, Better Auth puts the whole user into the token, the picture too. Choose "
            "what goes into it with definePayload (see docs/better-auth.md)."
        ),
    )
    MALFORMED = (
        "malformed",
        "Malformed token",
        (
            "Send the token exactly as Better Auth returned it: three parts separated by dots, "
            "without quotes or spaces, and not cut off."
        ),
    )
    UNSUPPORTED_HEADER = (
        "unsupported_header",
        "The header of the token has {}, which is not supported. Sign it without.",
        "Remove it from the header: the tokens of Better Auth have neither b64 nor crit.",
    )
    INVALID_SIGNATURE = (
        "invalid_signature",
        "Invalid signature",
        (
            "BETTER_AUTH_SECRET differs between Better Auth and this service. Copy it from there, "
            "without quotes or a line break. While you change it, keep the old one in "
            "BETTER_AUTH_SECRET_PREVIOUS."
        ),
    )
    EXPIRED = (
        "expired",
        "The token has expired",
        "Get a new token. Better Auth's tokens are valid for 15 minutes.",
    )
    NOT_YET_VALID = (
        "not_yet_valid",
        "The token is not valid yet",
        "Set the clocks of both machines; 30 seconds of difference are allowed.",
    )
    MILLISECONDS = (
        "milliseconds",
        "The claim {} is in milliseconds, and must be in seconds",
        "Divide by 1000: Date.now() counts milliseconds, JWTs count seconds (RFC 7519).",
    )
    TOO_LONG_LIVED = (
        "too_long_lived",
        "The token is valid for too long: exp is further ahead than JWT_MAX_LIFETIME allows",
        "Let tokens expire earlier, or raise JWT_MAX_LIFETIME.",
    )
    INVALID_ISSUER = (
        "invalid_issuer",
        "Unexpected issuer (iss)",
        "Make JWT_ISSUER equal to the claim iss above, or do not set it.",
    )
    INVALID_AUDIENCE = (
        "invalid_audience",
        "Unexpected audience (aud)",
        "Make JWT_AUDIENCE equal to the audience of the jwt() plugin.",
    )
    OTHER_KIND = (
        "other_kind",
        "Another kind of JWT: {}. Send the token from /api/auth/token (see JWT_AUDIENCE).",
        (
            "Do not accept what Better Auth issues to other applications, such as an id_token. If "
            "the jwt() plugin has an audience of its own, set JWT_AUDIENCE to it."
        ),
    )
    INVALID_ALGORITHM = (
        "invalid_algorithm",
        "The token must be signed with HS256 or EdDSA, not {}",
        "Have Better Auth sign it with HS256 and BETTER_AUTH_SECRET.",
    )
    NO_KEY_SET = (
        "no_key_set",
        (
            "The token is signed with EdDSA, but BETTER_AUTH_JWKS_URL is not set. "
            "Sign it with HS256 and BETTER_AUTH_SECRET, or set BETTER_AUTH_JWKS_URL."
        ),
        (
            "Better Auth's jwt() plugin signs with EdDSA by default. Give it a sign function for "
            "HS256 (see docs/better-auth.md), or set BETTER_AUTH_JWKS_URL to its /api/auth/jwks."
        ),
    )
    UNKNOWN_KEY = (
        "unknown_key",
        "The key set of Better Auth does not contain the key of this token",
        (
            "Check that BETTER_AUTH_JWKS_URL belongs to the Better Auth that signed the token. "
            "This command fetches no keys, so it has not checked the signature."
        ),
    )
    MISSING_CLAIM = (
        "missing_claim",
        "Missing claim {}",
        "Have Better Auth put the claim into the token; exp is always required.",
    )
    MISSING_SUBJECT = (
        "missing_subject",
        "The token names no user: user_id or sub must be a non-empty string",
        "Have Better Auth put the user's id into the claim sub, which is its default.",
    )
    INVALID_SUBJECT = (
        "invalid_subject",
        "The user id must have at most 255 characters, and no control characters",
        "Use shorter user ids.",
    )
    CONFLICTING_SUBJECTS = (
        "conflicting_subjects",
        "The token names two users: user_id and sub differ",
        "Remove user_id, or make it equal to sub.",
    )
    UNKNOWN_USER = (
        "unknown_user",
        UNKNOWN_USER,
        "Sign out. If the user exists, check USERS_TABLE and USER_PROVISIONING.",
    )

    def __init__(self, code: str, message: str, fix: str) -> None:
        self.code = code
        self.message = message
        self.fix = fix


class TokenRefused(Unauthenticated):
    """The token proves no identity, for the reason in `refusal`."""

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(refusal.message.format(detail))
        self.refusal = refusal


def refuse(refusal: Refusal, detail: str = "") -> NoReturn:
    """Raise TokenRefused, without the exception that led to it."""
    raise TokenRefused(refusal, detail) from None
