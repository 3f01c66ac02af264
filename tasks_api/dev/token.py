"""A token as Better Auth would sign it, for development and tests."""

import time

import jwt

from tasks_api.settings import TokenSettings


def development_token(
    settings: TokenSettings,
    user_id: str,
    *,
    hours: int,
    email: str | None = None,
    name: str | None = None,
) -> str:
    """Sign a token that the service accepts for this user until `hours` from now."""
    now = int(time.time())
    claims = {
        "sub": user_id,
        "iat": now,
        "exp": now + hours * 3600,
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "email": email,
        "name": name,
    }
    given = {claim: value for claim, value in claims.items() if value is not None}
    return jwt.encode(given, settings.better_auth_secret.get_secret_value(), algorithm="HS256")
