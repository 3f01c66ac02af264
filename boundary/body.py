"""The body of a request: read within bounds, parsed strictly, validated, handed over once."""

import asyncio
import json
from typing import Any, NoReturn

import orjson
from starlette.types import Receive

from boundary.errors import PayloadTooLarge, RequestTimeout, Violation
from boundary.schemas import Schema

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 10.0

_WHOLE = "body"


class DuplicateKeyError(ValueError):
    """An object of a JSON text names a member twice."""


async def read(
    receive: Receive, headers: list[tuple[bytes, bytes]], schema: Schema
) -> tuple[Any, list[Violation]]:
    """Read, parse and validate a body, once: nobody parses the bytes a second time.

    Raises:
        PayloadTooLarge: The body is larger than `MAX_BYTES`, by its header or in fact.
        RequestTimeout: The body did not arrive within `MAX_SECONDS`.
    """
    text = await _read(receive, headers)
    try:
        document = orjson.loads(text)
        violations = schema.violations(document, name=_WHOLE)
        if not violations:
            _refuse_duplicate_keys(text)
    except DuplicateKeyError:
        return None, [Violation(_WHOLE, "The body must not name a property twice")]
    except orjson.JSONDecodeError:
        return None, [Violation(_WHOLE, _not_json(text))]
    return document, violations


async def _read(receive: Receive, headers: list[tuple[bytes, bytes]]) -> bytes:
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


def _not_json(text: bytes) -> str:
    return "The body must be JSON in UTF-8" if text else "A JSON body is required"


def _refuse_duplicate_keys(text: bytes) -> None:
    """RFC 8259, section 4: what a repeated name means is up to the parser, so none may repeat."""
    json.loads(text, object_pairs_hook=_unique)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _raise_duplicate()
    return members


def _raise_duplicate() -> NoReturn:
    raise DuplicateKeyError
