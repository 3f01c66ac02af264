"""The contract and the code name the same things."""

import re
from inspect import getsource, isfunction, signature
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from starlette.exceptions import HTTPException

from boundary import body, parameters, schemas
from boundary import errors as request
from boundary.contract import METHODS
from boundary.schemas import VIOLATIONS
from handlers import health, problems, tasks
from handlers.problems import PROBLEMS
from persistence import errors as database
from tests.support.api import CONTRACT

document: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
operations = {
    operation["operationId"]: operation
    for item in document["paths"].values()
    for method, operation in item.items()
    if method in METHODS
}
HANDLERS = {
    name: function
    for module in (tasks, health)
    for name, function in vars(module).items()
    if isfunction(function) and function.__module__ == module.__name__
}
ANNOTATIONS = {
    *("allOf", "default", "description", "example", "format", "nullable", "properties", "type"),
}


def subclasses(kind: type[Exception]) -> set[type[Exception]]:
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


def test_every_operation_has_a_handler_and_every_handler_an_operation() -> None:
    assert set(HANDLERS) == set(operations)


@pytest.mark.requirement("FR-040")
def test_every_exception_that_we_raise_has_a_status() -> None:
    raised = subclasses(request.RequestRefused) | subclasses(database.PersistenceError)
    abstract = {request.RequestRefused, database.PersistenceError}

    for kind in raised - abstract:
        assert any(each in PROBLEMS for each in kind.__mro__ if each is not Exception), kind


def parameters_of(operation: dict[str, Any], place: str) -> set[str]:
    """Return the names of the parameters of an operation; they all are shared by reference."""
    references = [reference["$ref"] for reference in operation.get("parameters", [])]
    parameters = [
        document["components"]["parameters"][each.rpartition("/")[2]] for each in references
    ]
    return {parameter["name"] for parameter in parameters if parameter["in"] == place}


@pytest.mark.parametrize("operation_id", operations)
def test_every_parameter_of_a_request_reaches_the_handler(operation_id: str) -> None:
    operation = operations[operation_id]
    headers = {name.lower().replace("-", "_") for name in parameters_of(operation, "header")}
    expected = headers | parameters_of(operation, "query")

    assert expected <= set(signature(HANDLERS[operation_id]).parameters)


def test_every_answer_with_a_task_has_a_tag() -> None:
    responses = document["components"]["responses"]

    tagged = {name for name, response in responses.items() if "ETag" in response.get("headers", {})}

    changed = {"TaskCreated", "TaskUpdated", "TaskToggled"}
    assert tagged == {"TaskFound", "TaskList", "NotModified", *changed}


@pytest.mark.requirement("FR-038")
def test_no_broad_exception_is_a_client_error() -> None:
    broad = [ValueError, KeyError, TypeError, LookupError, OSError, RuntimeError, HTTPException]

    assert not set(broad) & set(PROBLEMS)
    assert PROBLEMS[Exception].status == 500


@pytest.mark.requirement("FR-040")
def test_every_error_code_is_declared_and_every_declared_code_is_used() -> None:
    declared = document["components"]["schemas"]["ErrorCode"]["x-extensible-enum"]

    assert {problem.code for problem in PROBLEMS.values()} == set(declared)


@pytest.mark.requirement("FR-003")
def test_everything_under_api_wants_a_token_and_health_wants_none() -> None:
    assert document["security"] == [{"bearerAuth": []}]
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            expected: list[object] | None = None if path.startswith("/api/") else []
            assert item[method].get("security") == expected, f"{method} {path}"


def test_no_two_components_have_one_name() -> None:
    """Generators look up a `$ref` by its last part, or number the second: `Limit2`."""
    kinds = ("parameters", "responses", "schemas")
    names = [name for kind in kinds for name in document["components"][kind]]

    assert sorted(set(names)) == sorted(names)


def test_every_answer_is_shared_by_reference() -> None:
    for operation_id, operation in operations.items():
        for status, response in operation["responses"].items():
            assert "$ref" in response, f"{operation_id} {status}"


@pytest.mark.parametrize("kind", ["string", "integer"])
def test_every_string_and_integer_has_bounds(kind: str) -> None:
    # A format bounds as well; generators refuse a length beside it.
    bounds = {"string": [{"maxLength"}, {"format"}], "integer": [{"minimum", "maximum"}]}[kind]

    for name, schema in walk(document["components"]):
        if schema.get("type") == kind:
            assert any(bound <= set(schema) for bound in bounds), name


def test_every_object_that_a_request_sends_is_closed() -> None:
    for name, schema in walk(document["components"]["schemas"]["TaskInput"]):
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name


def test_every_rule_of_a_request_has_a_message() -> None:
    names = {
        parameter["schema"]["$ref"].rpartition("/")[2]
        for parameter in document["components"]["parameters"].values()
    }
    for name in names | {"Title", "Description", "TaskInput"}:
        for path, schema in walk(document["components"]["schemas"][name]):
            rules = set(schema) - ANNOTATIONS - {VIOLATIONS, "required"}
            rules |= {"type"} & set(schema)
            if "type" in schema or "pattern" in schema:
                assert rules <= set(schema[VIOLATIONS]), f"{name}{path}"


def test_every_code_of_a_violation_is_declared() -> None:
    in_the_contract = {
        each["code"]
        for _, schema in walk(document["components"]["schemas"])
        for declared in schema.get(VIOLATIONS, {}).values()
        for each in (declared if isinstance(declared, list) else [declared])
    }
    in_the_code = {
        text
        for module in (body, parameters, schemas, problems)
        for text in re.findall(r'iolation\(\s*"([A-Z_]+)"', getsource(module))
    }
    declared = set(document["components"]["schemas"]["ViolationCode"]["x-extensible-enum"])

    assert in_the_contract | in_the_code | {"MORE"} == declared


def test_every_required_property_has_a_message() -> None:
    task_input = document["components"]["schemas"]["TaskInput"]

    for name in task_input["required"]:
        reference = task_input["properties"][name]["$ref"].rpartition("/")[2]
        assert "required" in document["components"]["schemas"][reference][VIOLATIONS]


def test_every_body_has_an_example_and_every_example_is_valid() -> None:
    for name, media in bodies():
        schema = document["components"]["schemas"][media["schema"]["$ref"].rpartition("/")[2]]
        named = [each["$ref"].rpartition("/")[2] for each in media.get("examples", {}).values()]
        examples = [document["components"]["examples"][each]["value"] for each in named]
        examples += [each["example"] for each in (media, schema) if "example" in each]
        assert examples, name
        validator = OAS30Validator({**media["schema"], "components": document["components"]})
        for example in examples:
            validator.validate(example)


def test_creation_links_to_every_operation_on_the_new_task() -> None:
    links = document["components"]["responses"]["TaskCreated"]["links"]
    linked = {
        document["components"]["links"][link["$ref"].rpartition("/")[2]]["operationId"]
        for link in links.values()
    }

    assert linked == {"get_task", "update_task", "toggle_task", "delete_task"}


def bodies() -> list[tuple[str, dict[str, Any]]]:
    requests = {
        name: each["requestBody"] for name, each in operations.items() if "requestBody" in each
    }
    parts = document["components"]["responses"] | requests
    return [
        (name, media) for name, part in parts.items() for media in part.get("content", {}).values()
    ]


def walk(node: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        return [found for i, item in enumerate(node) for found in walk(item, f"{path}/{i}")]
    if not isinstance(node, dict):
        return []
    below = (
        walk(v, f"{path}/{k}")
        for k, v in node.items()
        if k not in {"example", "examples", VIOLATIONS}
    )
    return [(path, node), *(found for part in below for found in part)]
