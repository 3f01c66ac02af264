"""The body of a request: JSON in UTF-8 by its headers, read within bounds, parsed, validated."""

import asyncio
import json
import re
from typing import Any, NoReturn

import orjson
from starlette.types import Receive

from boundary.errors import (
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedCoding,
    UnsupportedMediaType,
    Violation,
)
from boundary.schemas import Schema

JSON = "application/json"
MAX_BYTES = 1024 * 1024
MAX_SECONDS = 10.0

MAX_VALUES = 1000
"""More values than this are not parsed: 350,000 empty arrays, which fit into the limit of bytes,
would take 0.2 s of the event loop."""

_BODY = "body"
"""The field to blame if the body as a whole is wrong."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[^"\\]|\\.)*"'
# White space has one place in each part, so that there is one way to match and no backtracking.
_PARAMETER = rb";[ \t]*(?:(" + _TOKEN + rb")=(" + _TOKEN + rb"|" + _QUOTED + rb")[ \t]*)?"
_PARAMETERS = re.compile(_PARAMETER)
_MEDIA_TYPE = re.compile(
    rb"application/json[ \t]*(?P<parameters>(?:" + _PARAMETER + rb")*)", re.IGNORECASE
)
_UTF_8 = frozenset({b"utf-8", b'"utf-8"'})

Headers = list[tuple[bytes, bytes]]


class DuplicateKeyError(ValueError):
    """An object of a JSON text has two members of one name."""


def require_json(headers: Headers) -> None:
    """Refuse a body that is not JSON in UTF-8 by its headers. An empty one needs no type.

    Raises:
        UnsupportedMediaType: The type or charset is another one, absent, or ambiguous.
        UnsupportedCoding: It is compressed.
    """
    types = [value for name, value in headers if name == b"content-type"]
    encodings = [value for name, value in headers if name == b"content-encoding"]
    if types == [JSON.encode()] and not encodings:
        return
    if not types and not _announces_body(headers):
        return
    if len(types) != 1 or not _is_json_in_utf_8(types[0].strip(b" \t")):
        raise UnsupportedMediaType
    if any(encoding.strip().lower() != b"identity" for encoding in encodings):
        raise UnsupportedCoding


def announced_bytes(headers: Headers) -> int:
    """Return how many bytes of a body may have to be kept, by the headers of its request."""
    for name, value in headers:
        if name == b"transfer-encoding":
            return MAX_BYTES
        if name == b"content-length":
            return min(int(value), MAX_BYTES)
    return 0


async def read_body(
    receive: Receive, headers: Headers, schema: Schema
) -> tuple[Any, list[Violation]]:
    """Read, parse and validate a body. The handler gets the value that was validated.

    Raises:
        PayloadTooLarge: The body is larger than `MAX_BYTES`, by its header or in fact.
        RequestTimeout: The body was not received within `MAX_SECONDS`.
    """
    text = await _read(receive, headers)
    if _has_too_many_values(text):
        message = f"The body must not have more than {MAX_VALUES} values"
        return None, [_violation("TOO_COMPLEX", message)]
    try:
        document = orjson.loads(text)
        violations = schema.violations(document, name=_BODY)
        if not violations:
            _refuse_duplicate_keys(text)
    except DuplicateKeyError:
        return None, [_violation("DUPLICATE", "The body must not contain duplicate keys")]
    except orjson.JSONDecodeError:
        if text:
            return None, [_violation("INVALID_JSON", "The body must be JSON in UTF-8")]
        return None, [_violation("REQUIRED", "A JSON body is required")]
    return document, violations


def _violation(code: str, message: str) -> Violation:
    return Violation(code, _BODY, _BODY, message)


def _is_json_in_utf_8(content_type: bytes) -> bool:
    media_type = _MEDIA_TYPE.fullmatch(content_type)
    if media_type is None:
        return False
    parameters = _PARAMETERS.findall(media_type["parameters"])
    return all(value.lower() in _UTF_8 for name, value in parameters if name.lower() == b"charset")


def _announces_body(headers: Headers) -> bool:
    """Return whether a body follows (RFC 9112, section 6.3)."""
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip(b"0 "))
        for name, value in headers
    )


async def _read(receive: Receive, headers: Headers) -> bytes:
    announced = next((v for name, v in headers if name == b"content-length"), b"0")
    if int(announced) > MAX_BYTES:
        raise PayloadTooLarge
    try:
        async with asyncio.timeout(MAX_SECONDS):
            return await _collect(receive)
    except TimeoutError:
        raise RequestTimeout from None


async def _collect(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestTimeout
        chunk = message.get("body", b"")
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise PayloadTooLarge
        if not message.get("more_body", False):
            return b"".join(chunks)


def _has_too_many_values(text: bytes) -> bool:
    """Count what separates or nests values in a JSON text, without parsing it."""
    if len(text) <= MAX_VALUES:
        return False
    # Without its escapes, each quotation mark begins or ends a string.
    plain = text.replace(rb"\\", b"").replace(rb"\"", b"")
    if plain.count(b'"') > 2 * MAX_VALUES:
        return True
    outside = b"".join(plain.split(b'"')[::2])
    return sum(map(outside.count, (b",", b"[", b"{"))) > MAX_VALUES


def _refuse_duplicate_keys(text: bytes) -> None:
    """RFC 8259, section 4: parsers differ in what a repeated name means, so none may repeat."""
    _UNIQUE.decode(text.decode())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _raise_duplicate()
    return members


def _raise_duplicate() -> NoReturn:
    raise DuplicateKeyError


_UNIQUE = json.JSONDecoder(object_pairs_hook=_unique)
