"""Gives every key that Schemathesis makes up a number of its own.

It likes to use a key again, with another body. That is a 422 for a request that is valid by the
schema, and to expect one would hide each valid task that is refused.
"""

import re
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
import yaml

KEY = "Idempotency-Key"
CONTRACT = Path(__file__).parents[3] / "openapi" / "tasks.yaml"

_schema = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]["schemas"]["IdempotencyKey"]
_numbers = count(1)


@schemathesis.hook
def before_call(_context: object, case: Any, _kwargs: object) -> None:
    """Number a valid key, and leave one that is to be refused as it is."""
    key = (case.headers or {}).get(KEY, "")
    if 0 < len(key) <= _schema["maxLength"] and re.search(_schema["pattern"], key):
        case.headers[KEY] = numbered(key)


def numbered(key: str) -> str:
    """Return a valid key, quoted if `key` is, that no other call returns."""
    # Without the hyphen "1" with the number 23 and "12" with the number 3 would be one key.
    number = f"{next(_numbers)}-"
    quote = '"' if key.startswith('"') else ""
    longer = f"{quote}{number}{key.removeprefix(quote)}"
    return longer if len(longer) <= _schema["maxLength"] else f"{quote}{number}{quote}"
