"""The editions of the contract that are published: in OpenAPI 3.0, and in OpenAPI 3.1.

Both are the text as it was written, with its comments: they are changed line by line, and never
loaded and dumped.
"""

import re

HERE = "."
"""The server of a document without an address of its own: where it is served, without its name."""

_SERVER = re.compile(r"^(servers:\n  - url:) .*\n(    description:) .*$", re.MULTILINE)
# It names a function of this program.
_FUNCTION = re.compile(r"^ +x-bearerInfoFunc: .*\n", re.MULTILINE)
_VERSION = re.compile(r"^openapi: 3\.0\.\d+$", re.MULTILINE)
_NULLABLE = re.compile(r"^( +)type: (\w+)\n\1nullable: true$", re.MULTILINE)
_SCHEMAS = re.compile(r"^  schemas:\n(?:(?:    .*)?\n)+", re.MULTILINE)
_EXAMPLE = re.compile(r"^( +)example: (.*)$", re.MULTILINE)


def in_3_0(contract: str, public_url: str | None) -> str:
    """Return what is published of the contract: all but the name of a function, and its server."""
    server = rf"\1 {public_url or HERE}\n\2 The service that publishes this document."
    text = _SERVER.sub(server, contract, count=1)
    return _FUNCTION.sub("", text)


def in_3_1(edition: str) -> str:
    """Write an edition in OpenAPI 3.1, where a schema is one of JSON Schema 2020-12."""
    text = _VERSION.sub("openapi: 3.1.0", edition, count=1)
    text = _NULLABLE.sub(r"\1type: [\2, 'null']", text)
    return _SCHEMAS.sub(lambda schemas: _EXAMPLE.sub(r"\1examples:\n\1  - \2", schemas[0]), text)
