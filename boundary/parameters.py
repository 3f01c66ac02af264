"""The parameters of a request, validated.

Those of the path and the headers are held to their schemas; of the query, every one is unknown.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Scope

from boundary.contract import HANDLER_CONTEXT, Contract
from boundary.errors import ContractViolation, Violation
from boundary.schemas import Schema

_NOTED = "tasks_api_violations"
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})", re.ASCII)


class ParameterValidator:
    """Connexion's validator of parameters, made anew for each request."""

    def __init__(self, contract: Contract, _parameters: object, **_connexion: object) -> None:
        self._contract = contract

    def validate(self, scope: Scope) -> None:
        """Validate, and replace each path parameter by its value of the contract's type.

        A handler gets a header by its name in snake case, `if_match`; None where it was not sent.

        Where a body is still to be validated, the violations are noted for `noted_violations`, so
        that one answer lists those of both.

        Raises:
            ContractViolation: There are violations, and the operation takes no body.
        """
        operation = self._contract.operation(scope)
        violations = _path_violations(scope["path_params"], operation.path_parameters)
        violations += _query_violations(scope["query_string"])
        violations += _header_violations(scope, operation.header_parameters)
        if operation.body is not None:
            scope["extensions"][_NOTED] = violations
        elif violations:
            raise ContractViolation(violations)


def noted_violations(scope: Scope) -> list[Violation]:
    """Return what the validation of the parameters left to the validation of the body."""
    noted: list[Violation] = scope["extensions"].pop(_NOTED, [])
    return noted


def _path_violations(sent: dict[str, Any], schemas: Mapping[str, Schema]) -> list[Violation]:
    violations: list[Violation] = []
    for name, schema in schemas.items():
        sent[name] = _typed(sent[name])
        violations += schema.violations(sent[name], name=name)
    return violations


def _typed(text: str) -> int | str:
    """Read an integer in its one canonical spelling; `int()` would take `1_0` and Arabic digits."""
    return int(text) if _INTEGER.fullmatch(text) else text


def _query_violations(query_string: bytes) -> list[Violation]:
    """No operation takes a query, so whatever is sent is unknown."""
    if not query_string:
        return []
    names = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    return [Violation(name or "query", "Unknown query parameter") for name in dict(names)]


def _header_violations(scope: Scope, schemas: Mapping[str, Schema]) -> list[Violation]:
    violations: list[Violation] = []
    context = scope["extensions"].setdefault(HANDLER_CONTEXT, {})
    for name, schema in schemas.items():
        value = _header(scope["headers"], name)
        context[name.lower().replace("-", "_")] = value
        if value is not None:
            violations += schema.violations(value, name=name)
    return violations


def _header(headers: list[tuple[bytes, bytes]], name: str) -> str | None:
    """Read a header, as one list where it was sent more than once (RFC 9110, section 5.3)."""
    key = name.lower().encode()
    values = [value.strip(b" \t") for field, value in headers if field == key]
    return b", ".join(values).decode("latin-1") if values else None
