"""Verifies tokens, and reads from their claims who the user is.

PyJWT verifies the signature, the issuer and the audience. The times are verified here, where a
refusal can say more. What else is beyond it here protects against
a sender who holds no key: the size, the algorithms, and what Better Auth signs with the same key
and is no API token: its session cookie, and the tokens that it issues to other applications
(docs/decisions/0024-tokens-for-this-service.md). What a holder of the key signs is believed
(docs/decisions/0020-fewer-mechanisms.md).
"""

import json
import random
import re
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import jwt
from jwt.utils import base64url_decode

from tasks_api.security.key_set import KeySet
from tasks_api.security.refusals import Refusal, refuse
from tasks_api.settings import MAX_LIFETIME_SECONDS

LEEWAY_SECONDS = 30

MAX_BYTES = 8192

MAX_REMEMBERED = 20_000
"""Tokens, at half a KiB each. If there are more, a random one is forgotten: if the oldest were, and
slightly more users than that came in turn, each would be forgotten just before its next request."""

MAX_CHARACTERS = 255
"""Of a user id, an e-mail address or a name."""

LATEST_TIME = 253402300799
"""The last second of the year 9999."""

_EARLIEST_MILLISECONDS = 10**11
"""As milliseconds it is in the year 1973, as seconds in the year 5138."""

# How a client writes a variable without a value.
_NO_VALUES = frozenset({"undefined", "null", "none", "nil", "nan", "false", "true"})
_OBJECT = re.compile(r"\[object \w+\]|\{.*", re.ASCII | re.DOTALL)
_QUOTES = ('"', "'", "`")
_BETWEEN_TOKENS = re.compile(r"[ \t,]+")

_NOT_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DOTS_OF_JWS, _DOTS_OF_JWE = 2, 4
_KNOWN_ALGORITHMS = frozenset({"RS256", "ES256", "ES512", "PS256", "none"})
_SESSION_COOKIE_TYPE = "better-auth.session-cache+jwt"

_CLAIMS_OF_OTHER_KINDS = frozenset(
    {
        # An id_token: OpenID Connect Core, sections 2, 3.1.3.6 and 3.3.2.11; `s_hash`: FAPI.
        *("acr", "amr", "at_hash", "auth_time", "azp", "c_hash", "nonce", "s_hash", "sub_jwk"),
        # An access token: RFC 9068, section 2.2; of one sender: RFC 7800; delegated: RFC 8693.
        *("act", "client_id", "cnf", "scope"),
        # A logout token or another security event: RFC 8417; an introspection: RFC 9701.
        *("events", "token_introspection"),
    }
)

_REFUSALS: Mapping[type[jwt.InvalidTokenError], Refusal] = {
    jwt.InvalidSignatureError: Refusal.INVALID_SIGNATURE,
    jwt.InvalidIssuerError: Refusal.INVALID_ISSUER,
    jwt.InvalidAudienceError: Refusal.INVALID_AUDIENCE,
}

# What PyJWT raises for a token that it cannot read; it does not document all of these types.
_UNREADABLE = (jwt.InvalidTokenError, ValueError, TypeError, OverflowError, RecursionError)

Claims = dict[str, Any]
Key = str | jwt.PyJWK


class Identity(NamedTuple):
    """The user whom a token proves, and what the token says of them."""

    user_id: str
    email: str | None
    name: str | None


class _Verified(NamedTuple):
    """What a token proved, as long as it is valid and the public keys are the same."""

    identity: Identity
    expires_at: float
    keys: object


class TokenVerifier:
    """Verifies tokens: HS256 with the secrets, EdDSA with the key set, and nothing else.

    The algorithm decides which keys are tried, never the other way round, so that no public key
    can serve as a secret.
    """

    def __init__(  # noqa: PLR0913 - each is a setting.
        self,
        secret: str,
        *,
        previous_secret: str | None = None,
        key_set: KeySet | None = None,
        issuer: str | None = None,
        audience: str | None = None,
        max_lifetime: float = MAX_LIFETIME_SECONDS,
    ) -> None:
        self._verified: dict[bytes, _Verified] = {}
        """By the hash of the token, which is shorter."""
        self._hashes: list[bytes] = []
        self._secrets = [secret] if previous_secret is None else [secret, previous_secret]
        self._key_set = key_set
        self._issuer = issuer
        self._audience = audience
        self._max_lifetime = max_lifetime
        self._options: Any = {
            "require": ["exp"],
            **dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat"), False),
            "verify_aud": audience is not None,  # Otherwise `_refuse_other_kinds` does.
            "verify_sub": False,  # `identity_of` is stricter.
        }

    async def prepare(self, token: str) -> None:
        """Fetch the public key that the token names, if it is not known and may be fetched."""
        if self._key_set is None:
            return
        try:
            header = unverified_header(token)
        except _UNREADABLE:
            return  # `verify` refuses it.
        if header.get("alg") == "EdDSA":
            await self._key_set.prepare(header.get("kid"))

    def verify(self, token: str) -> Identity:
        """Return the identity that the token proves. Waits for nothing.

        Raises:
            TokenRefused: It proves none.
        """
        keys = self._key_set and self._key_set.keys
        token_hash = sha256(token.encode(errors="surrogatepass")).digest()
        verified = self._verified.get(token_hash)
        if verified is None or verified.keys is not keys or verified.expires_at <= time.time():
            verified = self._verify(token, keys)
            self._remember(token_hash, verified)
        return verified.identity

    def _remember(self, token_hash: bytes, verified: _Verified) -> None:
        if token_hash not in self._verified:
            if len(self._hashes) < MAX_REMEMBERED:
                self._hashes.append(token_hash)
            else:
                place = random.randrange(MAX_REMEMBERED)  # noqa: S311 -- no secret.
                del self._verified[self._hashes[place]]
                self._hashes[place] = token_hash
        self._verified[token_hash] = verified

    def _verify(self, token: str, keys: object) -> _Verified:
        _refuse_other_values(token)
        try:
            if _is_encrypted(token):  # Better Auth encrypts the cookie if it is told to.
                refuse(Refusal.SESSION_COOKIE)
            header = _header_of(token)
            _refuse_other_headers(header)
            claims = self._claims(token, header)
            self._refuse_other_kinds(claims)
            self._refuse_other_times(claims)
        except jwt.MissingRequiredClaimError as error:
            refuse(Refusal.MISSING_CLAIM, error.claim)
        except _UNREADABLE as error:
            kinds = (refusal for kind, refusal in _REFUSALS.items() if isinstance(error, kind))
            refuse(next(kinds, Refusal.MALFORMED))
        return _Verified(identity_of(claims), claims["exp"] + LEEWAY_SECONDS, keys)

    def _refuse_other_times(self, claims: Claims) -> None:
        times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
        for name, each in times.items():
            _refuse_other_numbers(name, each)
        now, expires_at = time.time(), times.pop("exp")
        if expires_at <= now - LEEWAY_SECONDS:
            refuse(Refusal.EXPIRED)
        if any(begins_at > now + LEEWAY_SECONDS for begins_at in times.values()):
            refuse(Refusal.NOT_YET_VALID)
        if expires_at > now + self._max_lifetime + LEEWAY_SECONDS:
            refuse(Refusal.TOO_LONG_LIVED)

    def _refuse_other_kinds(self, claims: Claims) -> None:
        # RFC 8725, section 3.12: tokens of several kinds that share a key must exclude each other.
        # Only an audience of this service alone does that; everything of Better Auth has its `iss`.
        issuer = claims.get("iss")
        is_own = isinstance(issuer, str) and claims.get("aud") in (issuer, [issuer])
        if self._audience is None and "aud" in claims and not is_own:
            refuse(Refusal.OTHER_KIND, "its aud is not its iss")
        others = _CLAIMS_OF_OTHER_KINDS & claims.keys()
        if self._audience in (None, issuer) and others:
            refuse(Refusal.OTHER_KIND, f"it has the claim {min(others)}")

    def _claims(self, token: str, header: Mapping[str, Any]) -> Claims:
        *others, last = self._keys(header)
        for key in others:
            try:
                return self._decode(token, key, header["alg"])
            except jwt.InvalidSignatureError:
                continue
        return self._decode(token, last, header["alg"])

    def _keys(self, header: Mapping[str, Any]) -> Sequence[Key]:
        if header["alg"] == "HS256":
            return self._secrets
        if self._key_set is None:
            refuse(Refusal.NO_KEY_SET)
        key = self._key_set.get(header.get("kid"))
        if key is None:
            refuse(Refusal.UNKNOWN_KEY)
        return [key]

    def _decode(self, token: str, key: Key, algorithm: str) -> Claims:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            issuer=self._issuer,
            audience=self._audience,
            options=self._options,
        )


def _refuse_other_values(token: str) -> None:
    """Refuse what is no JWT, and what is more than one, in words that say which mistake it is."""
    if len(token) > MAX_BYTES:
        refuse(Refusal.TOO_LONG, str(len(token)))
    if token.lower() in _NO_VALUES:
        refuse(Refusal.NO_VALUE, token)
    if _OBJECT.fullmatch(token):
        refuse(Refusal.OBJECT)
    if token.startswith(_QUOTES):
        refuse(Refusal.QUOTED)
    words = [word.lower() for word in _BETWEEN_TOKENS.split(token) if word]
    if "bearer" in words or len(set(words)) < len(words):
        refuse(Refusal.REPEATED)
    if token.count(".") < _DOTS_OF_JWS:
        refuse(Refusal.NOT_A_JWT)


def _is_encrypted(token: str) -> bool:
    """Return whether this is a JWE (RFC 7516): five parts, and `enc` in the first."""
    head, *others = token.split(".")
    return len(others) == _DOTS_OF_JWE and b'"enc"' in base64url_decode(head)


def unverified_header(token: str) -> dict[str, Any]:
    """Return the header of a token of at most `MAX_BYTES`; nothing of it is proved.

    Raises jwt.InvalidTokenError, ValueError or RecursionError if it cannot be read.
    """
    if len(token) > MAX_BYTES:
        raise ValueError
    return jwt.get_unverified_header(token)


def _header_of(token: str) -> dict[str, Any]:
    try:
        return unverified_header(token)
    except jwt.InvalidTokenError:  # Of some values of these, PyJWT says so itself, in its words.
        header = json.loads(base64url_decode(token.partition(".")[0]))
        if isinstance(header, dict):
            _refuse_unsupported(header)
        raise


def _refuse_unsupported(header: Mapping[str, Any]) -> None:
    for name in ("b64", "crit"):  # Nothing here understands them (RFC 7515, 4.1.11; RFC 7797).
        if name in header:
            refuse(Refusal.UNSUPPORTED_HEADER, name)


def _refuse_other_headers(header: Mapping[str, Any]) -> None:
    if header.get("typ") == _SESSION_COOKIE_TYPE:
        refuse(Refusal.SESSION_COOKIE)
    algorithm = header.get("alg")
    if algorithm not in ("HS256", "EdDSA"):
        # Only a name that is known is repeated in the answer.
        is_known = isinstance(algorithm, str) and algorithm in _KNOWN_ALGORITHMS
        refuse(Refusal.INVALID_ALGORITHM, str(algorithm) if is_known else "another algorithm")
    _refuse_unsupported(header)
    if str(header.get("typ", "JWT")).upper() != "JWT":
        refuse(Refusal.OTHER_KIND, "its typ is not JWT")


def _refuse_other_numbers(name: str, time: object) -> None:
    if not isinstance(time, int | float) or isinstance(time, bool):
        raise ValueError  # noqa: TRY004 - the token is wrong, not the type of an argument.
    if _EARLIEST_MILLISECONDS <= time <= LATEST_TIME * 1000:
        refuse(Refusal.MILLISECONDS, name)
    if not 0 <= time <= LATEST_TIME:
        raise ValueError


def identity_of(claims: Claims) -> Identity:
    """Return the user of `user_id`, or of `sub` if there is no `user_id`.

    Raises:
        TokenRefused: They name no user, or two.
    """
    user_ids = [claims[name] for name in ("user_id", "sub") if name in claims]
    if not user_ids and isinstance(claims.get("session"), dict):
        refuse(Refusal.SESSION_COOKIE)  # It is signed with the secret as well.
    if not user_ids or not all(isinstance(each, str) and each.strip() for each in user_ids):
        refuse(Refusal.MISSING_SUBJECT)
    if any(_text(user_id) is None for user_id in user_ids):
        refuse(Refusal.INVALID_SUBJECT)
    if len(set(user_ids)) > 1:
        refuse(Refusal.CONFLICTING_SUBJECTS)
    return Identity(user_ids[0], _text(claims.get("email")), _text(claims.get("name")))


def _text(value: object) -> str | None:
    """Return the value if it is text that every part of the system can store, else None."""
    if isinstance(value, str) and 0 < len(value) <= MAX_CHARACTERS and not _NOT_TEXT.search(value):
        return value
    return None
