"""Why a token is refused, in one word: for the log and the metrics."""

from typing import Literal, get_args

from tasks_api.security import refusals

Reason = Literal[
    "missing",
    "no_jwt",
    "session_data",
    "malformed",
    "forged",
    "expired",
    "not_yet",
    "other_issuer",
    "other_audience",
    "other_algorithm",
    "no_key_set",
    "unknown_key",
    "lacks_claim",
    "nameless",
    "unfit",
    "ambiguous",
    "unknown_user",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

_BY_MESSAGE: dict[str, Reason] = {
    refusals.NO_JWT: "no_jwt",
    refusals.SESSION_DATA: "session_data",
    refusals.MALFORMED: "malformed",
    refusals.FORGED: "forged",
    refusals.EXPIRED: "expired",
    refusals.NOT_YET: "not_yet",
    refusals.OTHER_ISSUER: "other_issuer",
    refusals.OTHER_AUDIENCE: "other_audience",
    refusals.OTHER_ALGORITHM: "other_algorithm",
    refusals.NO_KEY_SET: "no_key_set",
    refusals.UNKNOWN_KEY: "unknown_key",
    refusals.LACKS: "lacks_claim",
    refusals.NAMELESS: "nameless",
    refusals.UNFIT: "unfit",
    refusals.AMBIGUOUS: "ambiguous",
}


def reason_of_message(message: str) -> Reason:
    """Return the word for what a caller is told; some messages end in a name."""
    for known, reason in _BY_MESSAGE.items():
        if message.startswith(known.partition("{")[0]):
            return reason
    return "malformed"
