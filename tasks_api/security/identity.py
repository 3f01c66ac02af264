"""What the claims of a verified token say of its user."""

import re
from typing import Any, NamedTuple

from boundary.errors import Unauthenticated
from tasks_api.security.refusals import AMBIGUOUS, NAMELESS, SESSION_DATA, UNFIT

MAX_CHARACTERS = 255
"""Of a user id, an e-mail address or a name."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Identity(NamedTuple):
    """The user whom a token proves, and what it says of them."""

    user_id: str
    email: str | None
    name: str | None


def identity_of(claims: dict[str, Any]) -> Identity:
    """Return the user of `user_id`, or of `sub` where there is no `user_id`.

    Raises:
        Unauthenticated: They name nobody, or two.
    """
    user_ids = [claims[name] for name in ("user_id", "sub") if name in claims]
    if not user_ids and isinstance(claims.get("session"), dict):
        raise Unauthenticated(SESSION_DATA)  # It is signed with the secret as well.
    if not user_ids or not all(isinstance(each, str) and each.strip() for each in user_ids):
        raise Unauthenticated(NAMELESS)
    if any(_text(user_id) is None for user_id in user_ids):
        raise Unauthenticated(UNFIT)
    if len(set(user_ids)) > 1:
        raise Unauthenticated(AMBIGUOUS)
    return Identity(user_ids[0], _text(claims.get("email")), _text(claims.get("name")))


def _text(value: object) -> str | None:
    """Return the value where it is text that every part of the system can keep, else None."""
    if isinstance(value, str) and 0 < len(value) <= MAX_CHARACTERS and not _UNFIT.search(value):
        return value
    return None
