"""The body of a request: read within bounds, parsed strictly, validated, handed over once."""

import asyncio
import json
from typing import Any, NoReturn

import orjson
from starlette.types import Message, Receive, Scope

from boundary.contract import HANDLER_CONTEXT, Contract
from boundary.errors import ContractViolation, PayloadTooLarge, RequestTimeout, Violation
from boundary.parameters import noted_violations

MAX_BYTES = 1024 * 1024
MAX_SECONDS = 10.0

_WHOLE = "body"


class DuplicateKeyError(ValueError):
    """An object of a JSON text names a member twice."""


class BodyValidator:
    """Connexion's validator of a JSON body, made anew for each request.

    What was validated is what the handler gets: the parsed document goes on in Connexion's
    context, and nobody parses the bytes a second time.
    """

    def __init__(self, contract: Contract, **_connexion: object) -> None:
        self._contract = contract

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        """Read and validate the body.

        Raises:
            PayloadTooLarge: The body is larger than `MAX_BYTES`, by its header or in fact.
            RequestTimeout: The body did not arrive within `MAX_SECONDS`.
            ContractViolation: With the violations of the parameters and of the body.
        """
        text = await _read(receive, scope)
        document, violations = self._validate(text, scope)
        violations = [*noted_violations(scope), *violations]
        if violations:
            raise ContractViolation(violations)
        scope["extensions"].setdefault(HANDLER_CONTEXT, {})["body"] = document
        return _nothing_left, scope

    def _validate(self, text: bytes, scope: Scope) -> tuple[Any, list[Violation]]:
        schema = self._contract.operation(scope).body
        assert schema is not None  # Connexion asks only where the contract has a body.
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


async def _nothing_left() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _read(receive: Receive, scope: Scope) -> bytes:
    announced = next((v for name, v in scope["headers"] if name == b"content-length"), b"0")
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
