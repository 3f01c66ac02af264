"""What the contract declares, piece by piece, and which of it has been observed."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import yaml

from tests.support.paths import ROOT

Node = dict[str, Any]

DOCUMENT: Node = yaml.safe_load((ROOT / "openapi" / "tasks.yaml").read_text(encoding="utf-8"))
REQUEST = "request"
KINDS = ("status", "header", "media type", "example", "link")

NOT_DECLARED = {
    "connection": "for the connection, not for the answer",
    "content-encoding": "of a proxy: the service itself compresses no answer of an operation",
    "content-length": "for HTTP itself",
    "content-type": "declared as the media type",
    "date": "every answer has one (RFC 9110, section 6.6.1)",
    "server": "of a proxy: the service itself sends none",
    "transfer-encoding": "of a proxy, for the connection",
    "x-content-type-options": "for browsers, which do not guess the media type",
}
"""Headers that a contract does not have to declare, and why."""

VARYING = {
    "age_seconds", "created_at", "etag", "id", "next", "request_id", "updated_at", "user_id",
}  # fmt: skip
"""Properties whose values differ from answer to answer: here an example has the type only."""


class Piece(NamedTuple):
    """One thing that the contract declares for an operation."""

    operation: str
    status: str
    kind: str
    name: str = ""


class Operation(NamedTuple):
    """One operation, with everything that it refers to."""

    method: str
    path: str
    parameters: list[Node]
    body: Node
    responses: Node


def headers_of(response: httpx.Response) -> set[str]:
    """Return the names of the headers that the contract has to declare."""
    return response.headers.keys() - NOT_DECLARED.keys()


class Coverage:
    """The pieces that have been observed."""

    def __init__(self) -> None:
        self.observed: set[Piece] = set()

    def note(self, name: str, response: httpx.Response, *, example: str = "") -> None:
        """Note an answer to this operation, and the example whose body it answers."""
        self.observed |= set(_observed(name, response))
        if example:
            assert response.is_success, response.text
            media_type = response.request.headers["Content-Type"]
            self.observed.add(Piece(name, REQUEST, "media type", media_type))
            self.observed.add(Piece(name, REQUEST, "example", example))


def resolved(node: Any) -> Any:
    """Return the node with what it refers to instead of the references."""
    if isinstance(node, list):
        return [resolved(each) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        target: Any = DOCUMENT
        for key in node["$ref"].split("/")[1:]:
            target = target[key]
        return resolved(target)
    return {key: resolved(value) for key, value in node.items()}


def _operations() -> Iterator[tuple[str, Operation]]:
    for path, item in DOCUMENT["paths"].items():
        shared = item.get("parameters", [])
        for method, each in item.items():
            if method == "parameters":
                continue
            parameters = resolved([*shared, *each.get("parameters", [])])
            body = resolved(each.get("requestBody", {}))
            responses = resolved(each["responses"])
            yield (
                each["operationId"],
                Operation(method.upper(), path, parameters, body, responses),
            )


OPERATIONS = dict(_operations())


def declared() -> Iterator[Piece]:
    """Give every piece of the contract."""
    for name, operation in OPERATIONS.items():
        for parameter in operation.parameters:
            if _examples(parameter):
                yield Piece(name, REQUEST, "example", parameter["name"])
        yield from _content(name, REQUEST, operation.body)
        for status, answer in operation.responses.items():
            yield Piece(name, status, "status")
            yield from (Piece(name, status, "header", each.lower()) for each in answer["headers"])
            yield from (Piece(name, status, "link", each) for each in answer.get("links", ()))
            yield from _content(name, status, answer)


def table_of(observed: set[Piece]) -> str:
    """Write how many pieces of each operation are declared, and how many of them were observed."""
    pieces = set(declared())
    every, found = (Counter((p.operation, p.kind) for p in s) for s in (pieces, pieces & observed))
    rows = [
        [f"`{name}`", *(f"{found[name, kind]} of {every[name, kind]}" for kind in KINDS)]
        for name in OPERATIONS
    ]
    heads = ["Operation", "Statuses", "Headers", "Media types", "Examples", "Links"]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _content(name: str, status: str, described: Node) -> Iterator[Piece]:
    for media_type, content in described.get("content", {}).items():
        yield Piece(name, status, "media type", media_type)
        yield from (Piece(name, status, "example", each) for each in _examples(content))


def _examples(described: Node) -> Node:
    named = {name: each["value"] for name, each in described.get("examples", {}).items()}
    if named:
        return named
    example = described.get("example", described.get("schema", {}).get("example"))
    return {} if example is None else {"example": example}


def examples_of_body(name: str) -> Node:
    """Return the examples of the operation's body."""
    content = OPERATIONS[name].body.get("content", {})
    return {key: value for each in content.values() for key, value in _examples(each).items()}


def _observed(name: str, response: httpx.Response) -> Iterator[Piece]:
    answers = OPERATIONS[name].responses
    status = str(response.status_code)
    # Of `default`, this service gives the refusal of another method; the rest is a proxy's.
    if response.status_code == 405 and status not in answers:
        status = "default"
    yield Piece(name, status, "status")
    for header in headers_of(response):
        yield Piece(name, status, "header", header)
    if not response.content:
        return
    media_type = response.headers["Content-Type"].partition(";")[0]
    yield Piece(name, status, "media type", media_type)
    described = answers.get(status, {}).get("content", {}).get(media_type, {})
    for example, value in _examples(described).items():
        if _comparable(value) == _comparable(response.json()):
            yield Piece(name, status, "example", example)


def _comparable(value: Any, key: str = "") -> Any:
    if key in VARYING:
        return type(value).__name__
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    if isinstance(value, dict):
        return {key: _comparable(each, key) for key, each in value.items()}
    return value
