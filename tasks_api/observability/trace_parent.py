"""The trace that a request belongs to: W3C Trace Context, section 3.2."""

import re
from collections.abc import Sequence

HEADER = b"traceparent"

# All zeros name no trace and no span, and there is no version ff. Only a later version says more.
_WELL_FORMED = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
    rb"(?P<more>-.*)?"
)


def trace_id_of(sent: Sequence[bytes]) -> str | None:
    """Return the id of the caller's trace, None where it did not name one."""
    found = _WELL_FORMED.fullmatch(sent[0]) if len(sent) == 1 else None
    if found is None or (found["more"] and sent[0].startswith(b"00")):
        return None
    return found["trace"].decode()
