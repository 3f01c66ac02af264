"""The violations of a request, as the `details` of its answer: as many as fit."""

from collections.abc import Sequence

import orjson

from boundary.errors import Violation

MAX_BYTES = 1536
"""What `details` may take of the 2 KiB that an error body has at most, whatever came in."""

MAX_ECHO = 64
"""Characters of a name that came from the client and is repeated to it."""


def details_of(violations: Sequence[Violation]) -> list[dict[str, str]]:
    """List as many violations as fit, and say how many do not."""
    details: list[dict[str, str]] = []
    room = MAX_BYTES
    for field, message in violations:
        name = field if len(field) <= MAX_ECHO else field[:MAX_ECHO] + "…"
        details.append({"field": name, "message": message})
        room -= len(orjson.dumps(details[-1])) + len(",")
        if room < 0:
            left_out = len(violations) - len(details) + 1
            details[-1] = {"field": "body", "message": f"{left_out} more violations"}
            break
    return details
