"""What a token must be, so that the user whom it names can be believed.

PyJWT verifies the signature and the registered claims. It accepts more than a strict reader of
RFC 7515 and RFC 7519 does: what it would let pass is refused here, before or after.
"""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import jwt

from tasks_api.security import refusals
from tasks_api.security.compact import header_of, is_encrypted
from tasks_api.security.identity import Identity, identity_of
from tasks_api.security.key_set import KeySet
from tasks_api.security.refusals import reason_of, refuse
from tasks_api.security.strict_jwt import StrictJWT, refuse_other_headers

LEEWAY_SECONDS = 30

MAX_REMEMBERED = 4096
"""Tokens, of 8 KiB at most. The one that was verified first is forgotten first."""

_DOTS_OF_A_JWT = 2

Key = str | jwt.PyJWK


class _Verified(NamedTuple):
    """What a token proved, while it is in force and the public keys are the same."""

    identity: Identity
    expires_at: float
    keys: object


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
        self._jwt = StrictJWT()
        self._verified: dict[str, _Verified] = {}
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
        keys = self._key_set and self._key_set.keys
        verified = self._verified.get(token)
        if verified is None or verified.keys is not keys or verified.expires_at <= time.time():
            self._verified.pop(token, None)
            verified = self._verify(token, keys)
            if len(self._verified) >= MAX_REMEMBERED:
                del self._verified[next(iter(self._verified))]
            self._verified[token] = verified
        return verified.identity

    def _verify(self, token: str, keys: object) -> _Verified:
        if token.count(".") < _DOTS_OF_A_JWT:
            refuse(refusals.NO_JWT)
        if is_encrypted(token):
            refuse(refusals.SESSION_DATA)
        try:
            header = header_of(token)
            refuse_other_headers(header)
            claims = self._claims(token, header)
            return _Verified(identity_of(claims), int(claims["exp"]) + LEEWAY_SECONDS, keys)
        except jwt.InvalidTokenError as error:
            refuse(reason_of(error))
        except ValueError:
            refuse(refusals.MALFORMED)

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
            refuse(refusals.NO_KEY_SET)
        key = self._key_set.get(header.get("kid"))
        if key is None:
            refuse(refusals.UNKNOWN_KEY)
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
