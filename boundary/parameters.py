"""The parameters of a request, validated against their schemas in the contract."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from boundary.errors import Violation
from boundary.schemas import Schema


class HeaderParameter(NamedTuple):
    """A header that the contract declares, as `name`."""

    name: str
    field: bytes
    """As requests have it, in lower case."""
    argument: str
    """As handlers take it, in snake case."""
    schema: Schema


def header_parameters(schemas: Mapping[str, Schema]) -> list[HeaderParameter]:
    """Return the headers by these names of the contract."""
    return [
        HeaderParameter(name, name.lower().encode(), name.lower().replace("-", "_"), schema)
        for name, schema in schemas.items()
    ]


def read_path(
    sent: Mapping[str, str], schemas: Mapping[str, Schema]
) -> tuple[dict[str, Any], list[Violation]]:
    """Read the path parameters, each as a value of the contract's type."""
    values = {name: schemas[name].read(sent[name]) for name in schemas}
    return values, _violations(values, schemas)


def read_query(
    query_string: bytes, schemas: Mapping[str, Schema], *, ignore_unknown: bool = False
) -> tuple[dict[str, Any], list[Violation]]:
    """Read the query parameters, each at most once; None if not sent."""
    sent = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    times = Counter(name for name, _ in sent)
    unknown = [
        Violation("UNKNOWN", "query", name or "query", "Unknown query parameter")
        for name in times
        if name not in schemas and not ignore_unknown
    ]
    repeated = [
        Violation("DUPLICATE", "query", name, "This parameter must be sent only once")
        for name in schemas
        if times[name] > 1
    ]
    values = {name: schemas[name].read(value) for name, value in sent if name in schemas}
    arguments = {name: values.get(name) for name in schemas}
    return arguments, unknown + repeated + _violations(values, schemas)


def read_headers(
    headers: list[tuple[bytes, bytes]], parameters: Sequence[HeaderParameter]
) -> tuple[dict[str, Any], list[Violation]]:
    """Read the header parameters; None if not sent."""
    arguments: dict[str, Any] = {}
    violations: list[Violation] = []
    for name, field, argument, schema in parameters:
        value = arguments[argument] = _header(headers, field)
        if value is not None:
            violations += schema.violations(value, name=name)
    return arguments, violations


def _violations(values: Mapping[str, Any], schemas: Mapping[str, Schema]) -> list[Violation]:
    return [v for name in values for v in schemas[name].violations(values[name], name=name)]


def _header(headers: list[tuple[bytes, bytes]], field: bytes) -> str | None:
    """Read a header; several of one name are one list (RFC 9110, section 5.3)."""
    values = [value.strip(b" \t") for name, value in headers if name == field]
    return b", ".join(values).decode("latin-1") if values else None
