"""What the headers say of a body: it is `application/json` in UTF-8, or refused."""

import re

from boundary.errors import UnsupportedMediaType

JSON = b"application/json"

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[^"\\]|\\.)*"'
# White space has one place in each part, so that there is one way to match and no need to go back.
_PARAMETER = rb";[ \t]*(?:(" + _TOKEN + rb")=(" + _TOKEN + rb"|" + _QUOTED + rb")[ \t]*)?"
_PARAMETERS = re.compile(_PARAMETER)
_MEDIA_TYPE = re.compile(
    rb"application/json[ \t]*(?P<parameters>(?:" + _PARAMETER + rb")*)", re.IGNORECASE
)
_UTF_8 = frozenset({b"utf-8", b'"utf-8"'})


def refuse_other_types(headers: list[tuple[bytes, bytes]]) -> None:
    """Refuse a body that is not JSON in UTF-8 by its headers; one without a type may be empty.

    Raises:
        UnsupportedMediaType: There is another type, charset or coding, or none, or more than one.
    """
    types = [value for name, value in headers if name == b"content-type"]
    encodings = [value for name, value in headers if name == b"content-encoding"]
    if types == [JSON] and not encodings:
        return
    if not types and not _announces_body(headers):
        return
    if len(types) != 1 or not _is_json_in_utf_8(types[0].strip(b" \t")):
        raise UnsupportedMediaType
    if any(encoding.strip().lower() != b"identity" for encoding in encodings):
        raise UnsupportedMediaType


def _is_json_in_utf_8(content_type: bytes) -> bool:
    media_type = _MEDIA_TYPE.fullmatch(content_type)
    if media_type is None:
        return False
    parameters = _PARAMETERS.findall(media_type["parameters"])
    return all(value.lower() in _UTF_8 for name, value in parameters if name.lower() == b"charset")


def _announces_body(headers: list[tuple[bytes, bytes]]) -> bool:
    """Tell whether a body follows (RFC 9112, section 6.3)."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 "))
        for name, value in headers
    )
