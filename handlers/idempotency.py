"""The `Idempotency-Key` header: bare, or a string of RFC 9651 as the IETF's draft has it."""

import re

_STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_ESCAPED = re.compile(r"\\(.)")


def key_of(header: str | None) -> str | None:
    """Return the key that was sent, without the quotes and the escapes of a string."""
    string = _STRING.fullmatch(header) if header else None
    return _ESCAPED.sub(r"\1", string[1]) if string else header
