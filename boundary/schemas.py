"""Validates values against a schema of the contract, with the contract's codes and messages.

The contract has them for each keyword that can fail, beside the keyword:

    x-violations:
      required: {code: REQUIRED, message: Title is required}
      maxLength: {code: TOO_LONG, message: Title must be 500 characters or less}

If a keyword has several, it is the first whose `containing`, a regular expression, is found in the
value.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from boundary.errors import Violation

VIOLATIONS = "x-violations"

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_MAX_DIGITS, _HUGE = 19, 2**64 - 1
"""No bound of the contract has more digits, and `int()` refuses thousands of them. What has more is
out of each range, by this number or the negative of half of it."""
_BOOLEANS = {"true": True, "false": False}


class Schema:
    """Validates JSON values against one dereferenced Schema Object of OpenAPI 3.0."""

    def __init__(self, schema: Mapping[str, Any], *, location: str) -> None:
        self._schema = schema
        self._location = location
        self._validator = jsonschema_rs.Draft4Validator(_as_json_schema(schema))

    def read(self, text: str) -> int | bool | str:
        """Return the value that a parameter's text stands for; the text, if there is none.

        An integer has one form: `int()` also accepts `1_0` and Arabic digits.
        """
        match self._schema.get("type"):
            case "integer" if _INTEGER.fullmatch(text):
                if len(text.lstrip("-")) <= _MAX_DIGITS:
                    return int(text)
                return -(_HUGE // 2) if text.startswith("-") else _HUGE
            case "boolean" if text in _BOOLEANS:
                return _BOOLEANS[text]
        return text

    def violations(self, value: object, *, name: str) -> list[Violation]:
        """Return every violation once, in the order of the schema; empty for a valid value.

        Args:
            value: The parsed value.
            name: The field to blame if the value as a whole is wrong.
        """
        try:
            if self._validator.is_valid(value):
                return []
            errors = list(self._validator.iter_errors(value))
        except ValueError:  # The validator's own limit of depth.
            return [Violation("TOO_COMPLEX", self._location, name, "Nested too deeply")]
        return list(dict.fromkeys(v for error in errors for v in self._explain(error, name)))

    def _explain(self, error: jsonschema_rs.ValidationError, name: str) -> Iterator[Violation]:
        *parents, keyword = error.schema_path
        schema = _descend(self._schema, parents)
        match error.kind:
            case jsonschema_rs.ValidationErrorKind.AdditionalProperties(unexpected=unexpected):
                for property_name in unexpected:
                    yield self._violation(property_name, schema[VIOLATIONS][keyword])
            case jsonschema_rs.ValidationErrorKind.Required(property=property_name):
                declared = schema["properties"][property_name][VIOLATIONS]
                yield self._violation(property_name, declared["required"])
            case _:
                field = ".".join(map(str, error.instance_path)) or name
                declared = _declared(schema[VIOLATIONS], str(keyword), error.instance)
                yield self._violation(field, declared)

    def _violation(self, field: str, declared: Mapping[str, str]) -> Violation:
        return Violation(declared["code"], self._location, field, declared["message"])


def _declared(violations: Mapping[str, Any], keyword: str, instance: object) -> Mapping[str, str]:
    # To the person who reads this, null where it is not allowed is a missing value.
    if instance is None and "required" in violations:
        keyword = "required"
    found: Mapping[str, str] | list[Mapping[str, str]] = violations[keyword]
    if isinstance(found, Mapping):
        return found
    return next(each for each in found if re.search(each.get("containing", ""), str(instance)))


def _descend(schema: Any, path: list[str | int]) -> Any:
    for step in path:
        schema = schema[step]
    return schema


def _as_json_schema(schema: Any) -> Any:
    """Translate `nullable` of OpenAPI 3.0 into the `type` of JSON Schema, at any depth."""
    if isinstance(schema, list):
        return [_as_json_schema(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    translated = {key: _as_json_schema(value) for key, value in schema.items()}
    if translated.pop("nullable", False) is True:
        translated["type"] = [translated["type"], "null"]
    return translated
