"""The last middleware: validates a request against its operation, and calls the handler.

It replaces Connexion's request validation and its application. Those inspect the function, parse
the request for forms and files, and build their validators again for every request: 1.3 ms of CPU
where this takes 0.08 (docs/decisions/0016-where-the-time-goes.md).
"""

import asyncio
from collections.abc import Mapping
from inspect import signature
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from boundary.body import JSON, announced_bytes, read_body, require_json
from boundary.contract import HANDLER_CONTEXT, IS_CONNECTED
from boundary.errors import ContractViolation, Overloaded
from boundary.memory import LARGE_BYTES, REFUSAL_SECONDS, Memory
from boundary.parameters import header_parameters, read_headers, read_path, read_query
from boundary.schemas import Schema


class _Operation:
    """An operation of the contract and its handler. The schemas are compiled once."""

    def __init__(
        self,
        operation: AbstractOperation,
        memory: Memory,
        bodies: Memory,
        *,
        ignore_unknown_query: bool,
    ) -> None:
        self._memory, self._bodies = memory, bodies
        self._ignore_unknown_query = ignore_unknown_query
        self._path = _schemas(operation, "path")
        self._query = _schemas(operation, "query")
        self._headers = header_parameters(_schemas(operation, "header"))
        body = operation.request_body
        self._body = Schema(body["content"][JSON]["schema"], location="body") if body else None
        self._handler = operation.function
        self._parameters = frozenset(signature(self._handler).parameters)
        self._takes_is_wanted = "is_wanted" in self._parameters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        except Overloaded:  # Its client would ask again at once, and again.
            await asyncio.sleep(REFUSAL_SECONDS)
            raise

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        proved: Mapping[str, Any] = scope["extensions"].get(HANDLER_CONTEXT, {})
        user = proved.get("user", "")
        self._memory.require_room(user)
        if self._body is None:
            response = await self._call(scope, receive, proved)
        else:
            with self._bodies.hold(user, announced_bytes(scope["headers"])):
                response = await self._call(scope, receive, proved)
        # The protocol returns when all of it has been sent.
        size = _size_of(response)
        with self._memory.hold(user, size):
            if size > LARGE_BYTES:
                async with self._memory.sending(user):
                    await response(scope, receive, send)
            else:
                await response(scope, receive, send)

    async def _call(self, scope: Scope, receive: Receive, proved: Mapping[str, Any]) -> Response:
        arguments = await self._read(scope, receive)
        for name, value in proved.items():
            if name in self._parameters:
                arguments[name] = value
        if self._takes_is_wanted:
            arguments["is_wanted"] = scope["extensions"].get(IS_CONNECTED, lambda: True)
        response: Response = await self._handler(**arguments)
        return response

    async def _read(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        """Read the parameters and the body. Raises ContractViolation with every violation."""
        arguments, violations = read_path(scope["path_params"], self._path)
        if self._query or scope["query_string"]:
            query, more = read_query(
                scope["query_string"], self._query, ignore_unknown=self._ignore_unknown_query
            )
            arguments.update(query)
            violations += more
        if self._headers:
            headers, more = read_headers(scope["headers"], self._headers)
            arguments.update(headers)
            violations += more
        if self._body is not None:
            require_json(scope["headers"])
            arguments["body"], more = await read_body(receive, scope["headers"], self._body)
            violations += more
        if violations:
            raise ContractViolation(violations)
        return arguments


def _size_of(response: Response) -> int:
    for name, value in response.raw_headers:
        if name == b"content-length":
            return int(value)
    return 0


def _schemas(operation: AbstractOperation, place: str) -> Mapping[str, Schema]:
    return {
        parameter["name"]: Schema(parameter["schema"], location=place)
        for parameter in operation.parameters
        if parameter["in"] == place
    }


class _API(RoutedAPI[_Operation]):
    def __init__(self, *args: Any, memory: Memory, bodies: Memory, **options: Any) -> None:
        super().__init__(*args, **options)
        self._memory, self._bodies = memory, bodies
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> _Operation:
        declared = self.specification["paths"][operation.path][operation.method]
        return _Operation(
            operation,
            self._memory,
            self._bodies,
            ignore_unknown_query=declared.get("x-ignores-unknown-query", False),
        )


class Dispatch(RoutedMiddleware[_API]):
    """Validates and calls. There is no application behind it."""

    api_cls = _API

    def __init__(self, app: ASGIApp, *, memory: Memory, bodies: Memory) -> None:
        super().__init__(app)
        self._memory, self._bodies = memory, bodies

    def add_api(self, specification: Specification, **options: Any) -> _API:
        """Register the operations of a contract."""
        return super().add_api(specification, memory=self._memory, bodies=self._bodies, **options)
