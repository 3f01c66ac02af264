"""The last step of a request: held to the contract, handed to its function, answered.

It takes the place of Connexion's own validation and of its application, which inspect the function,
parse the request for forms and files and build their validators anew for every request
(docs/decisions/0016-where-the-time-goes.md).
"""

from collections.abc import Mapping
from inspect import signature
from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.operations.abstract import AbstractOperation
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from boundary.body import read
from boundary.contract import HANDLER_CONTEXT, Contract, Operation
from boundary.errors import ContractViolation
from boundary.media_type import refuse_other_types
from boundary.parameters import read_headers, read_path, read_query


class _Call:
    def __init__(self, operation: Operation, function: Any) -> None:
        self._operation = operation
        self._function = function
        self._parameters = frozenset(signature(function).parameters)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        arguments = await self._read(scope, receive)
        proved: Mapping[str, Any] = scope["extensions"].get(HANDLER_CONTEXT, {})
        arguments.update((k, proved[k]) for k in self._parameters & proved.keys())
        response = await self._function(**arguments)
        await response(scope, receive, send)

    async def _read(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        """Read everything that the contract knows of the request, and refuse it as a whole."""
        operation = self._operation
        arguments, violations = read_path(scope["path_params"], operation.path_parameters)
        if operation.query_parameters or scope["query_string"]:
            query, more = read_query(scope["query_string"], operation.query_parameters)
            arguments.update(query)
            violations += more
        if operation.header_parameters:
            headers, more = read_headers(scope["headers"], operation.header_parameters)
            arguments.update(headers)
            violations += more
        if operation.body is not None:
            refuse_other_types(scope["headers"])
            arguments["body"], more = await read(receive, scope["headers"], operation.body)
            violations += more
        if violations:
            raise ContractViolation(violations)
        return arguments


class _OperationsAPI(RoutedAPI[_Call]):
    def __init__(self, *args: Any, contract: Contract, **options: Any) -> None:
        super().__init__(*args, **options)
        self._contract = contract
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> _Call:
        return _Call(self._contract.operations[operation.operation_id], operation.function)


class Operations(RoutedMiddleware[_OperationsAPI]):
    """Validates and calls. Nothing lies behind it."""

    api_cls = _OperationsAPI

    def __init__(self, app: ASGIApp, *, contract: Contract) -> None:
        super().__init__(app)
        self._contract = contract

    def add_api(self, specification: Specification, **options: Any) -> _OperationsAPI:
        """Register the operations of a contract, each with the function that was found for it."""
        return super().add_api(specification, contract=self._contract, **options)
