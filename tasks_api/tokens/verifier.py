"""What a token must be, so that the user whom it names can be believed.

PyJWT verifies the signature and the registered claims. It accepts more than a strict reader of
RFC 7515 and RFC 7519 does: what it would let pass is refused here, before or after.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

import jwt

from boundary.errors import Unauthenticated
from tasks_api.tokens.compact import header_of, json_object
from tasks_api.tokens.identity import Identity, identity_of
from tasks_api.tokens.key_set import KeySet

LEEWAY_SECONDS = 30
LATEST = 253402300799
"""The last second of the year 9999: times beyond it are no times."""

_DOTS_OF_A_JWT = 2
_OTHER_ALGORITHMS = ("RS256", "ES256", "PS256", "none")
_HEADERS_THAT_CHANGE_THE_MEANING = frozenset(
    {"jwk", "jku", "x5u", "x5c", "crit", "zip", "enc", "cty"}
)

# Better Auth's session token has no dot, and one where it is the signed value of the cookie.
NO_JWT = "This is no JWT: send the token of /api/auth/token, not the session token"
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

Key = str | jwt.PyJWK


class TokenVerifier:
    """Verifies tokens: HS256 with the secrets, EdDSA with the key set, and nothing else.

    The algorithm decides which keys are tried, never the other way round, so that no public key
    can serve as a secret.
    """

    def __init__(
        self,
        secret: str,
        *,
        previous_secret: str | None = None,
        key_set: KeySet | None = None,
        issuer: str | None = None,
        audience: str | None = None,
    ) -> None:
        self._jwt = _StrictJWT()
        self._secrets = [secret] if previous_secret is None else [secret, previous_secret]
        self._key_set = key_set
        self._issuer = issuer
        self._audience = audience
        # With no audience configured, a token that carries one (as Better Auth's do) is fine.
        self._options: Any = {
            "require": ["exp"],
            "verify_aud": audience is not None,
            "verify_sub": False,  # `identity_of` is stricter.
        }

    async def prepare(self, token: str) -> None:
        """Get hold of the public key that the token names, where it may be had and is not known."""
        if self._key_set is None:
            return
        try:
            header = header_of(token)
        except ValueError:
            return  # `verify` says what is wrong with it.
        if header.get("alg") == "EdDSA":
            await self._key_set.prepare(header.get("kid"))

    def verify(self, token: str) -> Identity:
        """Return the identity that the token proves. Waits for nothing.

        Raises:
            Unauthenticated: It proves none; the message says why.
        """
        if token.count(".") < _DOTS_OF_A_JWT:
            _refuse(NO_JWT)
        try:
            header = header_of(token)
            _refuse_other_headers(header)
            return identity_of(self._claims(token, header))
        except jwt.InvalidTokenError as error:
            _refuse(_reason(error))
        except ValueError:
            _refuse(MALFORMED)

    def _claims(self, token: str, header: dict[str, Any]) -> dict[str, Any]:
        *others, last = self._keys(header)
        for key in others:
            try:
                return self._decode(token, key, header["alg"])
            except jwt.InvalidSignatureError:
                continue
        return self._decode(token, last, header["alg"])

    def _keys(self, header: dict[str, Any]) -> Sequence[Key]:
        if header["alg"] == "HS256":
            return self._secrets
        if self._key_set is None:
            _refuse(NO_KEY_SET)
        key = self._key_set.get(header.get("kid"))
        if key is None:
            _refuse(UNKNOWN_KEY)
        return [key]

    def _decode(self, token: str, key: Key, algorithm: str) -> dict[str, Any]:
        return self._jwt.decode(
            token,
            key,
            algorithms=[algorithm],
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
    jwt.ImmatureSignatureError: NOT_YET,
    jwt.InvalidSignatureError: FORGED,
    jwt.InvalidIssuerError: OTHER_ISSUER,
    jwt.InvalidAudienceError: OTHER_AUDIENCE,
}


def _reason(error: jwt.InvalidTokenError) -> str:
    if isinstance(error, jwt.MissingRequiredClaimError):
        return f"The token lacks the claim {error.claim}"
    return next((text for kind, text in _REASONS.items() if isinstance(error, kind)), MALFORMED)


def _refuse_other_headers(header: dict[str, Any]) -> None:
    algorithm = header.get("alg")
    if algorithm not in ("HS256", "EdDSA"):
        # A tuple, not a set: what was sent may be unhashable.
        named = algorithm if algorithm in _OTHER_ALGORITHMS else "another one"
        _refuse(f"The token must be signed with HS256 or EdDSA, not {named}")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise ValueError
    if header.keys() & _HEADERS_THAT_CHANGE_THE_MEANING:
        raise ValueError


def _is_time(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value <= LATEST  # type: ignore[operator]
