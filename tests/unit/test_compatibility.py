"""The gate between contracts sees every change, and says which version it asks for."""

import re
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from typing import Any

import pytest
import yaml

from scripts.lint_compatibility import (
    Language,
    Level,
    breaking,
    level_of,
    newest_release,
    problems_of,
)
from tests.support.api import CONTRACT
from tests.support.paths import ROOT

Node = dict[str, Any]
Mutation = Callable[[Node], object]

CURRENT: Node = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
MUTATIONS: dict[Level, list[Mutation]] = {level: [] for level in Level}
JSON = "application/json"
RELEASED = newest_release().parent


def asks_for(level: Level) -> Callable[[Mutation], Mutation]:
    """Note a mutation, and the version that it asks for."""

    def note(mutation: Mutation) -> Mutation:
        MUTATIONS[level].append(mutation)
        return mutation

    return note


major, minor, patch = asks_for(Level.MAJOR), asks_for(Level.MINOR), asks_for(Level.PATCH)
nothing = asks_for(Level.NOTHING)


def operation(document: Node, operation_id: str) -> Node:
    found: Node = next(
        each
        for item in document["paths"].values()
        for key, each in item.items()
        if key != "parameters" and each["operationId"] == operation_id
    )
    return found


def component(document: Node, kind: str, name: str) -> Node:
    found: Node = document["components"][kind][name]
    return found


def schema(document: Node, name: str) -> Node:
    return component(document, "schemas", name)


def properties(document: Node, name: str) -> Node:
    found: Node = schema(document, name)["properties"]
    return found


def answer(document: Node, name: str) -> Node:
    return component(document, "responses", name)


def body(document: Node) -> Node:
    found: Node = operation(document, "create_task")["requestBody"]
    return found


# What breaks a client: operations.


@major
def an_operation_is_removed(document: Node) -> None:
    del document["paths"]["/api/tasks/{id}"]["put"]


@major
def a_path_is_removed(document: Node) -> None:
    del document["paths"]["/readyz"]


@major
def a_path_is_renamed(document: Node) -> None:
    document["paths"]["/api/todos"] = document["paths"].pop("/api/tasks")


@major
def a_method_is_another_one(document: Node) -> None:
    item = document["paths"]["/api/tasks/{id}/complete"]
    item["post"] = item.pop("patch")


@major
def an_operation_id_is_another_one(document: Node) -> None:
    operation(document, "list_tasks")["operationId"] = "get_tasks"


@major
def the_path_of_the_server_is_another_one(document: Node) -> None:
    document["servers"] = [{"url": "http://127.0.0.1:8000/v2"}]


@major
def a_token_is_needed_for_health(document: Node) -> None:
    del operation(document, "liveness")["security"]


@major
def a_second_scheme_is_needed(document: Node) -> None:
    document["components"]["securitySchemes"]["key"] = {
        "type": "apiKey",
        "in": "header",
        "name": "Key",
    }
    document["security"] = [{"bearerAuth": [], "key": []}]


@major
def a_scope_is_needed(document: Node) -> None:
    document["security"] = [{"bearerAuth": ["write"]}]


@major
def the_scheme_is_another_one(document: Node) -> None:
    component(document, "securitySchemes", "bearerAuth")["scheme"] = "basic"


@major
def an_operation_has_a_server_of_its_own(document: Node) -> None:
    operation(document, "list_tasks")["servers"] = [{"url": "https://lists.example.com"}]


@major
def unknown_queries_of_health_are_refused(document: Node) -> None:
    del operation(document, "liveness")["x-ignores-unknown-query"]


@major
def a_path_has_a_server_of_its_own(document: Node) -> None:
    document["paths"]["/api/tasks"]["servers"] = [{"url": "https://lists.example.com/v2"}]


@major
def the_tag_of_an_operation_is_another_one(document: Node) -> None:
    operation(document, "list_tasks")["tags"] = ["Todos"]


@major
def the_version_of_openapi_is_another_one(document: Node) -> None:
    document["openapi"] = "3.1.0"


@major
def the_path_of_the_server_is_a_variable(document: Node) -> None:
    document["servers"] = [
        {"url": "http://127.0.0.1:8000/{path}", "variables": {"path": {"default": "v2"}}}
    ]


# What breaks a client: parameters.


@major
def a_query_parameter_is_removed(document: Node) -> None:
    del operation(document, "list_tasks")["parameters"][0]


@major
def a_header_parameter_is_removed(document: Node) -> None:
    del operation(document, "create_task")["parameters"]


@major
def a_query_parameter_is_renamed(document: Node) -> None:
    component(document, "parameters", "LimitQuery")["name"] = "size"


@major
def a_query_parameter_becomes_a_header(document: Node) -> None:
    component(document, "parameters", "LimitQuery")["in"] = "header"


@major
def a_query_parameter_becomes_required(document: Node) -> None:
    component(document, "parameters", "LimitQuery")["required"] = True


@major
def a_header_parameter_becomes_required(document: Node) -> None:
    component(document, "parameters", "IdempotencyKeyHeader")["required"] = True


@major
def a_required_parameter_is_added(document: Node) -> None:
    added = {"name": "team", "in": "query", "required": True, "schema": {"type": "string"}}
    operation(document, "list_tasks")["parameters"].append(added)


@major
def the_type_of_a_parameter_is_another_one(document: Node) -> None:
    schema(document, "Limit")["type"] = "boolean"


@major
def the_maximum_of_a_parameter_is_lower(document: Node) -> None:
    schema(document, "Limit")["maximum"] = 100


@major
def the_minimum_of_a_parameter_is_higher(document: Node) -> None:
    schema(document, "Limit")["minimum"] = 10


@major
def the_minimum_of_a_parameter_is_excluded(document: Node) -> None:
    schema(document, "Limit")["exclusiveMinimum"] = True


@major
def a_parameter_is_serialized_in_another_way(document: Node) -> None:
    component(document, "parameters", "LimitQuery")["explode"] = False


@major
def a_parameter_gets_a_default(document: Node) -> None:
    schema(document, "Limit")["default"] = 50


@major
def a_precondition_gets_a_default_that_has_an_effect(document: Node) -> None:
    schema(document, "IfMatch")["default"] = '"2026-01-31T09:30:00.123456Z"'


@major
def a_parameter_gets_an_enum(document: Node) -> None:
    schema(document, "Limit")["enum"] = [10, 100]


@major
def the_format_of_a_parameter_is_smaller(document: Node) -> None:
    schema(document, "TaskId")["format"] = "int32"


@major
def a_parameter_gets_a_format(document: Node) -> None:
    schema(document, "IdempotencyKey")["format"] = "uuid"


@major
def the_pattern_of_a_parameter_is_narrower(document: Node) -> None:
    schema(document, "IdempotencyKey")["pattern"] = "^[!-~]*$"


@major
def a_parameter_takes_multiples_only(document: Node) -> None:
    schema(document, "Limit")["multipleOf"] = 10


@major
def an_integer_takes_multiples_of_a_fraction_only(document: Node) -> None:
    schema(document, "Limit")["multipleOf"] = 0.3


@major
def the_pattern_of_a_parameter_has_no_group_around_its_alternatives(document: Node) -> None:
    schema(document, "IdempotencyKey")["pattern"] = '^[!-~]+|"x"$'


@major
def the_pattern_of_a_parameter_cannot_be_read(document: Node) -> None:
    schema(document, "Limit")["type"] = "string"
    schema(document, "Cursor")["pattern"] = r"^(?=[0-9])[0-9.]*$"


@major
def a_parameter_gets_an_enum_that_its_pattern_exceeds(document: Node) -> None:
    schema(document, "Deep")["enum"] = ["0"]


@major
def a_parameter_may_not_be_reserved(document: Node) -> None:
    component(document, "parameters", "AfterQuery")["allowReserved"] = True


# What breaks a client: bodies of requests.


@major
def a_property_of_a_request_is_removed(document: Node) -> None:
    del properties(document, "TaskInput")["description"]


@major
def a_property_of_a_request_is_renamed(document: Node) -> None:
    properties(document, "TaskInput")["text"] = properties(document, "TaskInput").pop("description")


@major
def a_required_property_of_a_request_is_added(document: Node) -> None:
    properties(document, "TaskInput")["due"] = {"type": "string"}
    schema(document, "TaskInput")["required"].append("due")


@major
def a_property_of_a_request_becomes_required(document: Node) -> None:
    schema(document, "TaskInput")["required"].append("description")


@major
def a_property_of_a_request_may_be_null_no_more(document: Node) -> None:
    properties(document, "TaskInput")["description"] = {"type": "string", "maxLength": 65536}


@major
def a_property_of_a_request_may_be_shorter_only(document: Node) -> None:
    schema(document, "Description")["maxLength"] = 1000


@major
def a_property_of_a_request_has_to_be_longer(document: Node) -> None:
    schema(document, "Title")["minLength"] = 2


@major
def a_property_of_a_request_gets_a_pattern(document: Node) -> None:
    properties(document, "TaskInput")["description"] = {
        "allOf": [schema(document, "Description"), {"pattern": "^[A-Z]"}]
    }


@major
def a_property_of_a_request_has_a_narrower_pattern(document: Node) -> None:
    description = {**schema(document, "Description"), "pattern": "^[a-z]*$"}
    properties(document, "TaskInput")["description"] = description


@major
def the_pattern_of_a_property_of_an_answer_is_removed(document: Node) -> None:
    del properties(document, "Liveness")["status"]["pattern"]


@major
def the_type_of_a_property_of_a_request_is_another_one(document: Node) -> None:
    properties(document, "TaskInput")["title"] = {"type": "integer"}


@major
def a_request_needs_more_properties(document: Node) -> None:
    schema(document, "TaskInput")["minProperties"] = 2


@major
def the_body_of_a_request_becomes_required(document: Node) -> None:
    operation(document, "toggle_task")["requestBody"] = body(document)


@major
def the_body_of_a_request_is_removed(document: Node) -> None:
    del operation(document, "create_task")["requestBody"]


@major
def a_media_type_of_a_request_is_another_one(document: Node) -> None:
    body(document)["content"]["application/xml"] = body(document)["content"].pop(JSON)


@major
def a_request_is_one_of_several(document: Node) -> None:
    properties(document, "TaskInput")["title"] = {"oneOf": [schema(document, "Title")]}


@major
def a_violation_has_another_code(document: Node) -> None:
    schema(document, "Title")["x-violations"]["maxLength"]["code"] = "OUT_OF_RANGE"


def narrowed(document: Node, name: str, **keywords: Any) -> None:
    """Put a part with these keywords beside the schema of a property of a request."""
    part = {"$ref": f"#/components/schemas/{name}"}
    properties(document, "TaskInput")[name.lower()] = {"allOf": [part, keywords]}


@major
def null_is_refused_by_a_part(document: Node) -> None:
    narrowed(document, "Description", type="string")


@major
def a_part_has_another_type(document: Node) -> None:
    narrowed(document, "Title", type="integer")


@major
def a_part_has_a_format(document: Node) -> None:
    narrowed(document, "Title", format="email")


@major
def a_part_has_a_smaller_format(document: Node) -> None:
    component(document, "parameters", "IdPath")["schema"] = {
        "allOf": [schema(document, "TaskId"), {"type": "integer", "format": "int32"}]
    }


@major
def parts_have_different_multiples(document: Node) -> None:
    component(document, "parameters", "LimitQuery")["schema"] = {
        "allOf": [{**schema(document, "Limit"), "multipleOf": 1}, {"multipleOf": 3}]
    }


@major
def a_part_has_no_other_properties_than_its_own(document: Node) -> None:
    whole = deepcopy(schema(document, "TaskInput"))
    part = {"type": "object", "additionalProperties": False, "properties": {"title": {}}}
    document["components"]["schemas"]["TaskInput"] = {"allOf": [whole, part]}


@major
def an_answer_may_be_null_beside_a_part(document: Node) -> None:
    properties(document, "Task")["title"] = {"allOf": [schema(document, "Title")], "nullable": True}


@major
def line_breaks_are_refused(document: Node) -> None:
    description = schema(document, "Description")
    properties(document, "TaskInput")["description"] = {**description, "pattern": "^.*$"}


@major
def the_code_of_a_violation_is_not_given(document: Node) -> None:
    del schema(document, "Title")["x-violations"]["maxLength"]


@major
def the_code_of_a_missing_property_is_not_given(document: Node) -> None:
    del schema(document, "Title")["x-violations"]["required"]


@major
def a_violation_is_found_by_another_text(document: Node) -> None:
    schema(document, "Title")["x-violations"]["pattern"][0]["containing"] = "."


@major
def a_body_gets_a_default(document: Node) -> None:
    schema(document, "TaskInput")["default"] = {"title": "Call the doctor"}


# What breaks a client: answers.


@major
def the_status_of_a_success_is_removed(document: Node) -> None:
    del operation(document, "get_task")["responses"]["304"]


@major
def the_status_of_a_success_is_another_one(document: Node) -> None:
    answers = operation(document, "create_task")["responses"]
    answers["200"] = answers.pop("201")


@major
def the_status_of_a_success_is_added(document: Node) -> None:
    answers = operation(document, "create_task")["responses"]
    answers["202"] = answers["201"]


@major
def the_status_of_an_error_is_removed(document: Node) -> None:
    del operation(document, "get_task")["responses"]["404"]


@major
def the_status_of_an_error_is_another_one(document: Node) -> None:
    answers = operation(document, "update_task")["responses"]
    answers["400"] = answers.pop("422")


@major
def other_statuses_are_not_described(document: Node) -> None:
    del operation(document, "get_task")["responses"]["default"]


@major
def a_media_type_of_an_answer_is_another_one(document: Node) -> None:
    content = answer(document, "NotFound")["content"]
    content["application/problem+json"] = content.pop(JSON)


@major
def an_answer_has_no_body(document: Node) -> None:
    del answer(document, "TaskUpdated")["content"]


@major
def a_header_of_an_answer_is_removed(document: Node) -> None:
    del answer(document, "TaskCreated")["headers"]["Location"]


@major
def an_optional_header_of_an_answer_is_removed(document: Node) -> None:
    del answer(document, "TaskList")["headers"]["Link"]


@major
def a_header_of_an_answer_becomes_optional(document: Node) -> None:
    component(document, "headers", "ETag")["required"] = False


@major
def the_type_of_a_header_of_an_answer_is_another_one(document: Node) -> None:
    component(document, "headers", "RetryAfter")["schema"] = {"type": "string"}


@major
def the_maximum_of_a_header_of_an_answer_is_higher(document: Node) -> None:
    component(document, "headers", "RetryAfter")["schema"]["maximum"] = 3600


@major
def a_property_of_an_answer_is_removed(document: Node) -> None:
    del properties(document, "Task")["user_id"]
    schema(document, "Task")["required"].remove("user_id")


@major
def an_optional_property_of_an_answer_is_removed(document: Node) -> None:
    del properties(document, "TaskListEnvelope")["next"]


@major
def a_property_of_an_answer_is_renamed(document: Node) -> None:
    properties(document, "Task")["done"] = properties(document, "Task").pop("completed")


@major
def a_property_of_an_answer_becomes_optional(document: Node) -> None:
    schema(document, "Task")["required"].remove("etag")


@major
def a_property_of_an_answer_may_be_null(document: Node) -> None:
    properties(document, "Task")["completed"]["nullable"] = True


@major
def the_type_of_a_property_of_an_answer_is_another_one(document: Node) -> None:
    properties(document, "Task")["id"] = {"type": "string"}


@major
def an_integer_of_an_answer_becomes_a_number(document: Node) -> None:
    properties(document, "Readiness")["age_seconds"]["type"] = "number"


@major
def the_format_of_a_property_of_an_answer_is_another_one(document: Node) -> None:
    schema(document, "Timestamp")["format"] = "date"


@major
def the_format_of_a_property_of_an_answer_is_removed(document: Node) -> None:
    del schema(document, "Timestamp")["format"]


@major
def the_format_of_a_property_of_an_answer_is_larger(document: Node) -> None:
    properties(document, "Readiness")["age_seconds"]["format"] = "int64"


@major
def a_property_of_an_answer_may_be_longer(document: Node) -> None:
    properties(document, "Violation")["field"]["maxLength"] = 4096


@major
def a_property_of_an_answer_may_have_any_length(document: Node) -> None:
    del properties(document, "Task")["user_id"]["maxLength"]


@major
def a_property_of_an_answer_may_be_empty(document: Node) -> None:
    properties(document, "Task")["user_id"]["minLength"] = 0


@major
def a_property_of_an_answer_has_a_wider_pattern(document: Node) -> None:
    properties(document, "ErrorDescription")["request_id"]["pattern"] = "^[!-~]*$"


@major
def a_property_of_an_answer_may_be_negative(document: Node) -> None:
    properties(document, "Readiness")["age_seconds"]["minimum"] = -1


@major
def an_array_of_an_answer_may_be_longer(document: Node) -> None:
    properties(document, "ErrorDescription")["details"]["maxItems"] = 1000


@major
def an_array_of_an_answer_has_no_bound(document: Node) -> None:
    del properties(document, "ErrorDescription")["details"]["maxItems"]


@major
def an_array_of_an_answer_may_be_empty(document: Node) -> None:
    del properties(document, "ErrorDescription")["details"]["minItems"]


@major
def an_array_of_an_answer_becomes_an_object(document: Node) -> None:
    properties(document, "TaskListEnvelope")["data"] = {"type": "object"}


@major
def the_items_of_an_array_are_others(document: Node) -> None:
    properties(document, "TaskListEnvelope")["data"]["items"] = {"type": "integer"}


@major
def a_known_code_is_removed(document: Node) -> None:
    schema(document, "ErrorCode")["x-extensible-enum"].remove("LIMIT_REACHED")


@major
def the_codes_are_no_longer_known(document: Node) -> None:
    del schema(document, "ViolationCode")["x-extensible-enum"]


@major
def an_open_set_of_codes_is_closed(document: Node) -> None:
    codes = schema(document, "ErrorCode")
    codes["enum"] = codes.pop("x-extensible-enum")


@major
def a_link_is_removed(document: Node) -> None:
    del answer(document, "TaskCreated")["links"]["toggleTask"]


@major
def a_link_leads_elsewhere(document: Node) -> None:
    component(document, "links", "GetTask")["operationId"] = "delete_task"


@major
def a_link_takes_its_id_from_elsewhere(document: Node) -> None:
    component(document, "links", "GetTask")["parameters"]["path.id"] = "$response.body#/id"


@major
def a_media_type_of_an_answer_is_added(document: Node) -> None:
    answer(document, "TaskFound")["content"]["application/xml"] = {"schema": {"type": "string"}}


@major
def a_media_type_of_an_error_is_added(document: Node) -> None:
    content = answer(document, "NotFound")["content"]
    content["application/problem+json"] = content[JSON]


@major
def an_answer_without_a_body_gets_one(document: Node) -> None:
    answer(document, "TaskDeleted")["content"] = {JSON: {"schema": {"type": "object"}}}


@major
def an_answer_has_a_range_of_media_types(document: Node) -> None:
    content = answer(document, "TaskFound")["content"]
    content["application/*"] = content.pop(JSON)


@major
def the_pattern_of_an_answer_has_no_group_around_its_alternatives(document: Node) -> None:
    properties(document, "Liveness")["status"]["pattern"] = "^[a-z]+|x$"


@major
def a_text_of_an_answer_gets_a_format(document: Node) -> None:
    properties(document, "Task")["user_id"]["format"] = "uuid"


@major
def an_entity_tag_may_be_weak(document: Node) -> None:
    component(document, "headers", "ETag")["schema"] = {
        "type": "string",
        "maxLength": 66,
        "pattern": '^(W/)?"[!#-~]+"$',
    }


@major
def the_challenge_has_another_scheme(document: Node) -> None:
    component(document, "headers", "WWWAuthenticate")["schema"]["pattern"] = "^Basic .+$"


@major
def caches_may_keep_an_answer(document: Node) -> None:
    component(document, "headers", "CacheControl")["schema"]["pattern"] = "^public$"


@major
def a_property_of_an_answer_is_for_requests(document: Node) -> None:
    properties(document, "Task")["user_id"]["writeOnly"] = True


# What adds something.


@minor
def an_operation_is_added(document: Node) -> None:
    document["paths"]["/api/tags"] = {
        "get": {**operation(document, "list_tasks"), "operationId": "list_tags"}
    }


@minor
def an_optional_query_parameter_is_added(document: Node) -> None:
    added = {"name": "q", "in": "query", "schema": {"type": "string"}}
    operation(document, "list_tasks")["parameters"].append(added)


@minor
def an_optional_header_parameter_is_added(document: Node) -> None:
    operation(document, "update_task")["parameters"].append(
        {"$ref": "#/components/parameters/IdempotencyKeyHeader"}
    )


@minor
def a_parameter_takes_more(document: Node) -> None:
    schema(document, "Limit")["maximum"] = 10_000


@minor
def a_required_parameter_becomes_optional(document: Node) -> None:
    component(document, "parameters", "IdPath")["required"] = False


@minor
def the_pattern_of_a_parameter_is_wider(document: Node) -> None:
    schema(document, "Cursor")["pattern"] = r"^[0-9]{1,17}[.:][0-9]{1,18}$"


@minor
def the_pattern_of_a_parameter_is_removed(document: Node) -> None:
    del schema(document, "IfMatch")["pattern"]


@minor
def an_optional_property_of_a_request_is_added(document: Node) -> None:
    properties(document, "TaskInput")["priority"] = {"type": "integer"}


@minor
def a_property_of_a_request_becomes_optional(document: Node) -> None:
    del schema(document, "TaskInput")["required"]


@minor
def a_property_of_a_request_may_be_longer(document: Node) -> None:
    properties(document, "TaskInput")["title"] = {**schema(document, "Title"), "maxLength": 1000}


@minor
def a_property_of_a_request_may_be_null(document: Node) -> None:
    properties(document, "TaskInput")["title"] = {**schema(document, "Title"), "nullable": True}


@minor
def other_properties_of_a_request_are_ignored(document: Node) -> None:
    del schema(document, "TaskInput")["additionalProperties"]


@minor
def a_media_type_of_a_request_is_added(document: Node) -> None:
    body(document)["content"]["application/merge-patch+json"] = body(document)["content"][JSON]


@minor
def a_property_of_an_answer_is_added(document: Node) -> None:
    properties(document, "Task")["priority"] = {"type": "integer"}


@minor
def a_required_property_of_an_answer_is_added(document: Node) -> None:
    properties(document, "Task")["priority"] = {"type": "integer"}
    schema(document, "Task")["required"].append("priority")


@minor
def a_property_of_an_answer_is_always_there(document: Node) -> None:
    schema(document, "TaskListEnvelope")["required"].append("next")


@minor
def a_property_of_an_answer_is_never_null(document: Node) -> None:
    del properties(document, "TaskListEnvelope")["next"]["nullable"]


@minor
def a_property_of_an_answer_is_shorter(document: Node) -> None:
    properties(document, "Violation")["message"]["maxLength"] = 200


@minor
def a_property_of_an_answer_gets_a_pattern(document: Node) -> None:
    properties(document, "Task")["user_id"]["pattern"] = "^[ -~]*$"


@minor
def the_text_of_a_time_is_described_less(document: Node) -> None:
    properties(document, "Task")["created_at"] = {
        "type": "string",
        "format": "date-time",
        "maxLength": 99,
    }


@minor
def a_header_of_an_answer_is_added(document: Node) -> None:
    answer(document, "TaskFound")["headers"]["Age"] = {
        "required": True,
        "schema": {"type": "integer"},
    }


@minor
def a_header_that_a_standard_describes_has_a_wider_pattern(document: Node) -> None:
    component(document, "headers", "Location")["schema"]["pattern"] = "^[!-~]*$"


@minor
def the_status_of_an_error_is_added(document: Node) -> None:
    operation(document, "get_task")["responses"]["429"] = {
        "$ref": "#/components/responses/ServiceUnavailable"
    }


@minor
def a_code_is_added(document: Node) -> None:
    schema(document, "ErrorCode")["x-extensible-enum"].append("TOO_MANY_REQUESTS")


@minor
def a_link_is_added(document: Node) -> None:
    answer(document, "TaskFound")["links"] = {
        "deleteTask": {"$ref": "#/components/links/DeleteTask"}
    }


@minor
def a_token_is_no_longer_needed(document: Node) -> None:
    operation(document, "list_tasks")["security"] = []


@minor
def another_scheme_will_do(document: Node) -> None:
    document["components"]["securitySchemes"]["key"] = {
        "type": "apiKey",
        "in": "header",
        "name": "Key",
    }
    document["security"].append({"key": []})


@minor
def an_operation_is_deprecated(document: Node) -> None:
    operation(document, "toggle_task")["deprecated"] = True


@minor
def unknown_queries_are_ignored(document: Node) -> None:
    operation(document, "list_tasks")["x-ignores-unknown-query"] = True


@minor
def the_parameter_of_a_link_is_not_qualified(document: Node) -> None:
    parameters = component(document, "links", "GetTask")["parameters"]
    parameters["id"] = parameters.pop("path.id")


@minor
def a_range_of_media_types_is_accepted(document: Node) -> None:
    content = body(document)["content"]
    content["application/*"] = content.pop(JSON)


@minor
def a_callback_is_added(document: Node) -> None:
    operation(document, "create_task")["callbacks"] = {
        "done": {"{$request.query.url}": {"post": {"responses": {"200": {"description": "OK"}}}}}
    }


@minor
def a_property_of_an_answer_is_read_only(document: Node) -> None:
    properties(document, "Task")["user_id"]["readOnly"] = True


@minor
def a_property_of_an_answer_has_a_default(document: Node) -> None:
    properties(document, "Task")["completed"]["default"] = False


@minor
def a_parameter_has_its_only_value_as_an_enum(document: Node) -> None:
    schema(document, "Deep")["enum"] = ["1"]


@minor
def a_parameter_has_both_of_its_values_as_an_enum(document: Node) -> None:
    schema(document, "Completed")["enum"] = [False, True]


@minor
def any_character_is_taken(document: Node) -> None:
    description = schema(document, "Description")
    properties(document, "TaskInput")["description"] = {**description, "pattern": r"^[\s\S]*$"}


@minor
def a_property_of_an_answer_refers_to_what_it_is_in(document: Node) -> None:
    properties(document, "Task")["parent"] = {"$ref": "#/components/schemas/Task"}


# What changes a text.


@patch
def the_description_of_the_service_is_another_one(document: Node) -> None:
    document["info"]["description"] += "\nMore."


@patch
def a_summary_is_another_one(document: Node) -> None:
    operation(document, "list_tasks")["summary"] = "List the tasks"


@patch
def the_default_of_a_precondition_is_not_said(document: Node) -> None:
    del schema(document, "IfMatch")["default"]


@patch
def the_description_of_a_property_is_another_one(document: Node) -> None:
    schema(document, "Title")["description"] = "What to do."


@patch
def an_example_of_a_request_is_another_one(document: Node) -> None:
    schema(document, "TaskInput")["example"]["title"] = "Call the doctor"


@patch
def an_example_of_an_answer_is_removed(document: Node) -> None:
    del answer(document, "NotFound")["content"][JSON]["example"]


@patch
def the_message_of_a_violation_is_another_one(document: Node) -> None:
    schema(document, "Title")["x-violations"]["maxLength"]["message"] = "Title is too long"


@patch
def the_host_of_the_server_is_another_one(document: Node) -> None:
    document["servers"] = [{"url": "https://tasks.example.com"}]


@patch
def a_schema_has_another_name(document: Node) -> None:
    document["components"]["schemas"]["Todo"] = {"$ref": "#/components/schemas/Task"}
    properties(document, "TaskEnvelope")["data"] = {"$ref": "#/components/schemas/Todo"}


@patch
def an_answer_is_written_where_it_is_used(document: Node) -> None:
    operation(document, "get_task")["responses"]["404"] = answer(document, "NotFound")


# What says the same in other words.


@patch
def a_header_of_an_answer_is_written_in_another_case(document: Node) -> None:
    headers = answer(document, "TaskFound")["headers"]
    headers["x-request-id"] = headers.pop("X-Request-ID")


@patch
def a_header_parameter_is_written_in_another_case(document: Node) -> None:
    component(document, "parameters", "IfMatchHeader")["name"] = "if-match"


@patch
def the_defaults_of_parameters_are_written(document: Node) -> None:
    written = {"explode": True, "required": False, "deprecated": False, "allowReserved": False}
    component(document, "parameters", "LimitQuery").update({"style": "form", **written})
    component(document, "parameters", "IdPath").update({"style": "simple", "explode": False})


@patch
def the_defaults_of_headers_are_written(document: Node) -> None:
    component(document, "headers", "Vary").update({"style": "simple", "required": False})


@patch
def the_defaults_of_schemas_are_written(document: Node) -> None:
    schema(document, "Title").update({"nullable": False, "deprecated": False, "readOnly": False})
    schema(document, "Description")["minLength"] = 0
    schema(document, "Limit").update({"exclusiveMinimum": False, "exclusiveMaximum": False})
    schema(document, "Task")["additionalProperties"] = True
    tasks = properties(document, "TaskListEnvelope")["data"]
    tasks.update({"minItems": 0, "uniqueItems": False})


@patch
def the_defaults_of_operations_are_written(document: Node) -> None:
    operation(document, "list_tasks").update(
        {"deprecated": False, "security": document["security"], "servers": document["servers"]}
    )


@patch
def other_properties_may_be_anything(document: Node) -> None:
    schema(document, "Task")["additionalProperties"] = {}


@patch
def the_server_has_a_variable(document: Node) -> None:
    address = document["servers"][0]["url"]
    document["servers"] = [{"url": "{base}", "variables": {"base": {"default": address}}}]


@patch
def no_server_is_given(document: Node) -> None:
    document["servers"] = []


@patch
def one_way_to_sign_in_is_written_twice(document: Node) -> None:
    document["security"] *= 2


@patch
def a_reference_has_a_text_beside_it(document: Node) -> None:
    for name in ("TaskInput", "Task"):
        title = {"$ref": "#/components/schemas/Title"}
        properties(document, name)["title"] = {"allOf": [title], "description": "What to do."}


@patch
def a_part_says_what_another_one_says(document: Node) -> None:
    narrowed(document, "Title", type="string", minLength=1, maxLength=1000)


@patch
def bounds_that_a_pattern_implies_are_not_written(document: Node) -> None:
    del properties(document, "ErrorDescription")["request_id"]["maxLength"]
    del schema(document, "EntityTag")["minLength"]


@patch
def the_bound_of_an_integer_is_excluded(document: Node) -> None:
    properties(document, "Readiness")["age_seconds"].update(
        {"minimum": -1, "exclusiveMinimum": True}
    )


@patch
def an_integer_is_a_multiple_of_one(document: Node) -> None:
    schema(document, "Limit")["multipleOf"] = 1


@patch
def a_group_of_a_pattern_is_not_captured(document: Node) -> None:
    key = schema(document, "IdempotencyKey")
    key["pattern"] = key["pattern"].replace("(", "(?:", 1)


@patch
def a_character_of_a_pattern_is_escaped_in_another_way(document: Node) -> None:
    title = deepcopy(schema(document, "Title"))
    properties(document, "TaskInput")["title"] = title
    title["pattern"] = title["pattern"].replace(r"\x00", r"\u0000")


@patch
def the_digits_of_a_pattern_have_a_short_name(document: Node) -> None:
    schema(document, "Cursor")["pattern"] = r"^\d{1,17}\.\d{1,18}$"


@patch
def a_reference_is_a_pointer_with_escapes(document: Node) -> None:
    pointer = "#/paths/~1api~1tasks~1%7Bid%7D/put/responses/404"
    operation(document, "get_task")["responses"]["404"] = {"$ref": pointer}


@patch
def parameters_are_those_of_the_path(document: Node) -> None:
    item = document["paths"]["/api/tasks/{id}/complete"]
    item["parameters"] += item["patch"].pop("parameters")


@patch
def a_set_is_written_in_another_order(document: Node) -> None:
    schema(document, "Task")["required"].reverse()
    schema(document, "ErrorCode")["x-extensible-enum"].reverse()
    operation(document, "list_tasks")["parameters"].reverse()


# What changes nothing.


@nothing
def only_the_version_is_another_one(document: Node) -> None:
    document["info"]["version"] = "9.9.9"


@pytest.mark.parametrize(
    ("mutation", "level"),
    [
        pytest.param(mutation, level, id=f"{level.name}-{mutation.__name__}")
        for level, mutations in MUTATIONS.items()
        for mutation in mutations
    ],
)
def test_a_change_asks_for_its_version(mutation: Mutation, level: Level) -> None:
    changed = deepcopy(CURRENT)
    mutation(changed)

    assert level_of(CURRENT, changed).name == level.name, [*breaking(CURRENT, changed)]


@pytest.mark.parametrize(
    ("mutation", "allowed", "refused"),
    [
        (
            an_operation_is_removed,
            ["2.0.0", "2.0.0-rc.1", "2.0.0+build.1"],
            ["1.4.0", "1.4.0-rc.1", "1.3.1", "1.3.0", "0.9.0"],
        ),
        (a_code_is_added, ["2.0.0", "1.4.0"], ["1.3.1", "1.3.0", "1.2.9"]),
        (a_summary_is_another_one, ["2.0.0", "1.4.0", "1.3.1"], ["1.3.0", "1.2.9"]),
        (
            only_the_version_is_another_one,
            ["1.3.0", "1.3.1"],
            ["1.3.0-rc.1", "1.2.9", "0.9.0"],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_the_version_has_to_be_raised_as_far_as_a_change_asks_for(
    mutation: Mutation, allowed: list[str], refused: list[str]
) -> None:
    released, changed = deepcopy(CURRENT), deepcopy(CURRENT)
    released["info"]["version"] = "1.3.0"
    mutation(changed)

    def passes(version: str) -> bool:
        changed["info"]["version"] = version
        return not [*problems_of(released, changed)]

    assert [passes(version) for version in allowed] == [True] * len(allowed)
    assert [passes(version) for version in refused] == [False] * len(refused)


@pytest.mark.parametrize(
    ("narrow", "wide", "is_part"),
    [
        ("^.*$", r"^[^\n\r\u2028\u2029]*$", True),
        (r"^[^\n]*$", "^.*$", False),
        (r"^[\s\S]*$", "^[^]*$", True),
        (r"^[ \u00a0\ufeff]$", r"^\s$", True),
        (r"^\S$", r"^[^\u00a0]$", True),
        (r"^[\S]$", r"^[^\n]$", False),
        ("^(a|b)$", "^a|b$", True),
        ("^a|b$", "^(a|b)$", False),
        ("^a$|^b$", "^[ab]$", True),
        ("^(a|b$)", "^(a|b)$", False),
        ("^[ab-]$", r"^[a\-b]$", True),
        ("^[a^[.]$", r"^(a|\^|\[|\.)$", True),
        (r"^\/\"$", '^/"$', True),
        ("^ab+?$", "^ab+$", True),
    ],
)
def test_a_pattern_is_read_as_ecma_262_says(narrow: str, wide: str, *, is_part: bool) -> None:
    assert (Language((narrow,)) <= Language((wide,))) is is_part


def test_a_pattern_that_takes_too_long_is_not_part_of_another_one() -> None:
    printable, any_but_nul = Language(("^[ -~]{1,500}$",)), Language((r"^[^\x00]{1,500}$",))

    is_part = printable <= any_but_nul

    assert not is_part


def test_an_operation_is_deprecated_with_dates_only() -> None:
    changed = deepcopy(CURRENT)
    changed["info"]["version"] = "9.9.9"
    operation(changed, "toggle_task")["deprecated"] = True

    undated = [*problems_of(CURRENT, changed)]
    dates = {name: {"schema": {"type": "string"}} for name in ("Deprecation", "Sunset")}
    answer(changed, "TaskToggled")["headers"] |= dates

    assert undated == [
        "PATCH /api/tasks/{id}/complete: deprecated, but 200 has no Deprecation and Sunset"
    ]
    assert [*problems_of(CURRENT, changed)] == []


def test_a_number_that_becomes_a_multiple_breaks_clients() -> None:
    released = deepcopy(CURRENT)
    schema(released, "Limit")["type"] = "number"
    changed = deepcopy(released)
    schema(changed, "Limit")["multipleOf"] = 0.1

    assert level_of(released, changed) is Level.MAJOR


def test_what_is_recursive_is_compared() -> None:
    released = deepcopy(CURRENT)
    a_property_of_an_answer_refers_to_what_it_is_in(released)
    changed = deepcopy(released)
    a_property_of_an_answer_becomes_optional(changed)

    assert level_of(released, deepcopy(released)) is Level.NOTHING
    assert level_of(released, changed) is Level.MAJOR


def test_a_released_contract_is_named_as_its_version() -> None:
    released = [*RELEASED.glob("*.yaml")]

    versions = [
        yaml.safe_load(file.read_text(encoding="utf-8"))["info"]["version"] for file in released
    ]

    assert [file.name for file in released] == [f"{version}.yaml" for version in versions]


def test_a_released_contract_is_neither_changed_nor_deleted() -> None:
    lines = (RELEASED / "SHA256SUMS").read_text(encoding="utf-8").splitlines()

    noted = {name: digest for digest, name in map(str.split, lines)}
    files = {file.name: sha256(file.read_bytes()).hexdigest() for file in RELEASED.glob("*.yaml")}

    assert files == noted


def test_the_changelog_has_the_version_of_the_contract() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    named = re.findall(r"^### Contract (\d+\.\d+\.\d+)$", changelog, re.MULTILINE)

    assert named[0] == CURRENT["info"]["version"]
