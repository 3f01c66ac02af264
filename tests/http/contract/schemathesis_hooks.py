"""Gives every key that Schemathesis makes up a number of its own.

It likes to use a key again, with another body. That is a 422 for a request that is valid by the
schema, and to expect one would hide each valid task that is refused.
"""

import re
from itertools import count
from typing import Any

import schemathesis

KEY = "Idempotency-Key"
MAX_LENGTH = 255

_numbers = count(1)


@schemathesis.hook
def before_call(_context: object, case: Any, _kwargs: object) -> None:
    """Number a valid key, and leave one that is to be refused as it is."""
    key = (case.headers or {}).get(KEY, "")
    if re.fullmatch(rf"[!-~]{{1,{MAX_LENGTH}}}", key):
        number = str(next(_numbers))
        case.headers[KEY] = key[: MAX_LENGTH - len(number)] + number
