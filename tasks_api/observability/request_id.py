"""The id that a request has in the log, in its answer and at its caller's: `X-Request-ID`."""

import re
from collections.abc import Sequence
from secrets import token_hex

HEADER = b"x-request-id"

# No JWT, no address and no sentence fits. A UUID does, and so does any id that proxies make.
_WELL_FORMED = re.compile(rb"[0-9A-Za-z._-]{1,64}")


def request_id_of(sent: Sequence[bytes]) -> bytes:
    """Take over the one id that was sent, where it is well-formed; else make one."""
    if len(sent) == 1 and _WELL_FORMED.fullmatch(sent[0]):
        return sent[0]
    return new_request_id()


def new_request_id() -> bytes:
    """Make an id that nobody can guess."""
    return token_hex(16).encode()
