"""The `Authorization` header: one, as the RFCs write it, and in front of everything else."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from tasks_api.security.refusals import Refusal
from tests.support.api import Api, error_of, token_of
from tests.support.database import query
from tests.support.jws import DAY, in_
from tests.support.log import awaited
from tests.support.raw import request, send
from tests.support.service import Service

NO_TOKEN = "A token is required. Send Authorization: Bearer <JWT>."
MALFORMED = "Malformed token"
NO_VALUE = Refusal.NO_VALUE.message
OBJECT = Refusal.OBJECT.message
QUOTED = Refusal.QUOTED.message
REPEATED = Refusal.REPEATED.message
TOO_LONG = Refusal.TOO_LONG.message.format(12_002)
NO_JWT = "Not a JWT. Send the token from /api/auth/token, not the session token."

GOOD = token_of("mallory", exp=in_(DAY))

Headers = Sequence[str | bytes]


def authorization(values: Headers) -> list[tuple[bytes, bytes]]:
    return [
        (b"Authorization", value.encode() if isinstance(value, str) else value) for value in values
    ]


@pytest.mark.requirement("FR-005", "FR-042")
@pytest.mark.parametrize(
    "values",
    [
        [],
        [""],
        ["Bearer"],
        ["Basic bWFsbG9yeTpzZWNyZXQ="],
        [f"Token {GOOD}"],
        [f"Bearer,{GOOD}"],
        [f"Bearer={GOOD}"],
        [GOOD],
        ["Basic bWFsbG9yeTpzZWNyZXQ=", f"Bearer {GOOD}"],
    ],
    ids=[
        "none",
        "empty",
        "scheme alone",
        "Basic",
        "another scheme",
        "comma",
        "equals sign",
        "token alone",
        "Basic, then Bearer",
    ],
)
def test_without_a_token_there_is_a_bare_challenge(anonymous: Api, values: Headers) -> None:
    response = anonymous.request("GET", "/api/tasks", headers=authorization(values))

    assert error_of(response) == (401, "UNAUTHORIZED", NO_TOKEN)
    assert response.headers.get_list("WWW-Authenticate") == ['Bearer realm="tasks"']


@pytest.mark.requirement("FR-003")
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([f"Bearer {GOOD}", f"Bearer {GOOD}"], REPEATED),
        ([f"Bearer {GOOD}", "Basic bWFsbG9yeTpzZWNyZXQ="], REPEATED),
        ([f"Bearer {GOOD}", ""], REPEATED),
        ([f"Bearer Bearer {GOOD}"], REPEATED),
        ([f"Bearer\t{GOOD}"], MALFORMED),
        ([f"Bearer \t{GOOD}"], MALFORMED),
        ([b"Bearer\xa0" + GOOD.encode()], MALFORMED),
        ([f"Bearer {GOOD} x"], MALFORMED),
        ([f"Bearer {GOOD}, Bearer {GOOD}"], REPEATED),
        ([f'Bearer {GOOD}; charset="utf-8"'], MALFORMED),
        ([f'Bearer "{GOOD}"'], QUOTED),
        ([f"Bearer {GOOD}é"], MALFORMED),
        ([f"Bearer {'a' * 4000}.{'a' * 4000}.{'a' * 4000}"], TOO_LONG),
        (["Bearer undefined"], NO_VALUE.format("undefined")),
        (["Bearer null"], NO_VALUE.format("null")),
        (["Bearer [object Object]"], OBJECT),
        ([b"Bearer \xff\xfe\xfd"], NO_JWT),
        (["Bearer 7Jt9qXw2nYb4hLd7sGf3pAe6uRk5vZc1"], NO_JWT),
    ],
    ids=[
        "two",
        "Bearer, then Basic",
        "Bearer, then an empty one",
        "Bearer twice",
        "tab",
        "space and tab",
        "no-break space",
        "garbage after it",
        "two in one",
        "parameter after it",
        "quoted",
        "a letter too many",
        "12 KiB",
        "undefined",
        "null",
        "object",
        "bytes that are no text",
        "opaque",
    ],
)
def test_a_token_that_is_no_good_is_named_in_the_challenge(
    anonymous: Api, values: Headers, message: str
) -> None:
    response = anonymous.request("GET", "/api/tasks", headers=authorization(values))

    assert error_of(response) == (401, "UNAUTHORIZED", message)
    assert response.headers.get_list("WWW-Authenticate") == [
        f'Bearer realm="tasks", error="invalid_token", error_description="{message}"'
    ]


@pytest.mark.requirement("FR-042")
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_counts_in_any_letter_case(anonymous: Api, scheme: str) -> None:
    headers = authorization([f"{scheme} {GOOD}"])

    assert anonymous.request("GET", "/api/tasks", headers=headers).status_code == 200


@pytest.mark.requirement("FR-042")
@pytest.mark.parametrize(
    "value",
    [f"Bearer  {GOOD}", f"Bearer {' ' * 50}{GOOD}", f"Bearer {GOOD} ", f" \tbearer {GOOD} \t "],
    ids=["two spaces", "many spaces", "a space after it", "blanks around it"],
)
def test_white_space_around_the_token_is_what_the_rfcs_say(service: Service, value: str) -> None:
    assert send(service.url, request("GET /api/tasks", f"Authorization:{value}")).status == 200


@pytest.mark.parametrize("value", ["Bearer", " Bearer  ", "\tBearer \t"], ids=repr)
def test_a_scheme_and_white_space_are_no_token(service: Service, value: str) -> None:
    answer = send(service.url, request("GET /api/tasks", f"Authorization:{value}"))

    assert answer.headers["www-authenticate"] == 'Bearer realm="tasks"'


@pytest.mark.parametrize(
    "values", [[], [f"Bearer\t{GOOD}"], ["Bearer a.b.c"]], ids=["none", "tab", "malformed"]
)
@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/api/tasks/9223372036854775807", {}),
        ("GET", "/api/tasks/abc", {}),
        ("GET", "/api/tasks?user_id=mallory", {}),
        ("POST", "/api/tasks", {"json": {}}),
        ("POST", "/api/tasks", {"content": b"{"}),
        ("POST", "/api/tasks", {"data": {"title": "Buy milk"}}),
        ("PUT", "/api/tasks/0", {"data": {"title": "Buy milk"}}),
        ("PATCH", "/api/tasks/abc/complete", {}),
        ("DELETE", "/api/tasks/9223372036854775807", {}),
    ],
)
def test_nothing_is_said_about_a_request_before_its_token_is_good(
    anonymous: Api, values: Headers, method: str, path: str, options: dict[str, Any]
) -> None:
    response = anonymous.request(method, path, headers=authorization(values), **options)

    assert response.status_code == 401


def test_a_body_without_a_good_token_is_not_stored(service: Service, anonymous: Api) -> None:
    title = f"Stolen {uuid4()}"
    bad: list[Headers] = [[], [f"Bearer\t{GOOD}"], [f"Bearer {GOOD}"] * 2, [f"Bearer {GOOD}x"]]

    for values in bad:
        headers = authorization(values)
        response = anonymous.request("POST", "/api/tasks", headers=headers, json={"title": title})
        assert response.status_code == 401

    stored = query(service.database_url, "SELECT count(*) FROM tasks WHERE title = %s", title)
    assert stored == [(0,)]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/docs", "/openapi.json"])
@pytest.mark.parametrize("values", [[], ["Basic x"], ["Bearer a.b.c"]], ids=str)
def test_what_is_open_asks_for_no_token(anonymous: Api, path: str, values: Headers) -> None:
    response = anonymous.request("GET", path, headers=authorization(values))

    assert response.status_code == 200


def test_the_token_of_a_refused_request_is_not_in_the_log(service: Service, anonymous: Api) -> None:
    marked = f"Bearer {'marker' * 9}.{'marker' * 9}.{'marker' * 9}"

    answer = anonymous.request("GET", "/api/tasks", headers=authorization([marked]))

    awaited(service.log, "request", request_id=answer.headers["X-Request-ID"])
    assert "marker" not in service.log.read_text()
