"""The token of each user, as Better Auth would sign it."""

import time

import jwt

SECRET = "kT4vY9qLm2xWc7Rb5nHs8dPf3gJz6aEu"  # noqa: S105 - it guards a database that is thrown away.
_LIFETIME_SECONDS = 7 * 24 * 3600


def token_of(user_id: str) -> str:
    """Sign a token that outlives the benchmark."""
    now = int(time.time())
    claims = {
        "sub": user_id,
        "email": f"{user_id}@example.com",
        "name": user_id.replace("-", " ").title(),
        "iat": now,
        "exp": now + _LIFETIME_SECONDS,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")
