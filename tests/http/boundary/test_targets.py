"""What the target and the method of a request may be: bytes in, status and code out."""

import pytest

from tests.support.api import Api
from tests.support.raw import request, send
from tests.support.service import Service

OF_THE_MOMENT = {"date": "", "x-request-id": ""}
"""Headers that differ from answer to answer."""

NOT_VALID = (422, "VALIDATION_ERROR")
NOT_FOUND = (404, "NOT_FOUND")
NOT_ALLOWED = (405, "METHOD_NOT_ALLOWED")

TARGETS: list[tuple[str, tuple[int, str]]] = [
    ("GET /api/tasks/abc", NOT_VALID),
    ("GET /api/tasks/0", NOT_VALID),
    ("GET /api/tasks/-0", NOT_VALID),
    ("GET /api/tasks/+1", NOT_VALID),
    ("GET /api/tasks/%2B1", NOT_VALID),
    ("GET /api/tasks/01", NOT_VALID),
    ("GET /api/tasks/1_0", NOT_VALID),
    ("GET /api/tasks/%205%20", NOT_VALID),
    ("GET /api/tasks/5%0A", NOT_VALID),
    ("GET /api/tasks/1e3", NOT_VALID),
    ("GET /api/tasks/1.0", NOT_VALID),
    ("GET /api/tasks/0x10", NOT_VALID),
    ("GET /api/tasks/%D9%A3", NOT_VALID),  # ARABIC-INDIC DIGIT THREE
    ("GET /api/tasks/%EF%BC%91", NOT_VALID),  # FULLWIDTH DIGIT ONE
    ("GET /api/tasks/%00", NOT_VALID),
    ("GET /api/tasks/1%00", NOT_VALID),
    ("GET /api/tasks/%FF", NOT_VALID),
    ("GET /api/tasks/%", NOT_VALID),
    ("GET /api/tasks/%zz", NOT_VALID),
    ("GET /api/tasks/1%2F2", NOT_VALID),
    ("GET /api/tasks/1%2fcomplete", NOT_VALID),
    ("PATCH /api/tasks/1%2Fcomplete", NOT_ALLOWED),
    ("GET /api/tasks/..", NOT_VALID),
    ("GET /api/tasks/%2e%2e%2f", NOT_VALID),
    ("GET /api/tasks/1;a=b", NOT_VALID),
    ("GET /api/tasks/9223372036854775808", NOT_VALID),
    ("GET /api/tasks/" + "9" * 19, NOT_VALID),
    ("GET /api/tasks/" + "9" * 5000, NOT_VALID),
    ("GET /api/tasks/9223372036854775807", NOT_FOUND),
    ("GET /api/tasks/9223372036854775807/", NOT_FOUND),
    ("PATCH /api/tasks/9223372036854775807/complete/", NOT_FOUND),
    ("GET /api/tasks?user_id=1", NOT_VALID),
    ("GET /api/tasks?a=1&a=2", NOT_VALID),
    ("GET /api/tasks?%00", NOT_VALID),
    ("GET /api/tasks?%FF=%FF", NOT_VALID),
    ("GET /api/tasks?" + "a" * 5000, NOT_VALID),
    ("DELETE /api/tasks/1?force=true", NOT_VALID),
    ("GET //", NOT_FOUND),
    ("GET /api", NOT_FOUND),
    ("GET /api/", NOT_FOUND),
    ("GET //api/tasks", NOT_FOUND),
    ("GET /api//tasks", NOT_FOUND),
    ("GET /api/tasks//", NOT_FOUND),
    ("GET /api/tasks//1", NOT_FOUND),
    ("GET /api/tasks/1/complete/now", NOT_FOUND),
    ("GET /api%2Ftasks", NOT_FOUND),
    ("GET /API/TASKS", NOT_FOUND),
    ("GET /api/tasks/../../livez", NOT_FOUND),
    ("GET /openapi", NOT_FOUND),
    ("GET /docs/../settings.py", NOT_FOUND),
    ("GET /docs/%2e%2e/tasks.yaml", NOT_FOUND),
    ("OPTIONS *", NOT_FOUND),
    ("POST /api/tasks/1", NOT_ALLOWED),
    ("PATCH /api/tasks/1", NOT_ALLOWED),
    ("GET /api/tasks/1/complete", NOT_ALLOWED),
    ("HEAD /api/tasks/1/complete", NOT_ALLOWED),
    ("DELETE /api/tasks", NOT_ALLOWED),
    ("TRACE /api/tasks", NOT_ALLOWED),
    ("PROPFIND /api/tasks", NOT_ALLOWED),
    ("POST /livez", NOT_ALLOWED),
    ("PUT /docs", NOT_ALLOWED),
    ("POST /", NOT_ALLOWED),
    ("DELETE /openapi.json", NOT_ALLOWED),
]


@pytest.mark.requirement("FR-008")
@pytest.mark.parametrize(("line", "expected"), TARGETS, ids=[line[:40] for line, _ in TARGETS])
def test_a_target_that_is_none_is_refused(
    service: Service, api: Api, line: str, expected: tuple[int, str]
) -> None:
    answer = send(service.url, request(line, token=api.token))

    status, code = expected
    assert answer.status == status, answer.body
    assert answer.code == ("" if line.startswith("HEAD") else code)
    assert len(answer.body) <= 2048
    assert "location" not in answer.headers
    assert b"tasks.example" not in answer.body


@pytest.mark.parametrize(
    ("line", "allow"),
    [
        ("DELETE /api/tasks", "GET, HEAD, OPTIONS, POST"),
        ("POST /api/tasks/1", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ("GET /api/tasks/1/complete", "OPTIONS, PATCH"),
        ("POST /readyz", "GET, HEAD, OPTIONS"),
        ("POST /docs", "GET, HEAD, OPTIONS"),
    ],
)
@pytest.mark.parametrize("method", ["", "OPTIONS"])
def test_allow_names_every_method_of_the_path(
    service: Service, line: str, allow: str, method: str
) -> None:
    line = " ".join([method or line.split(maxsplit=1)[0], line.split()[1]])

    answer = send(service.url, request(line))

    assert answer.status == (204 if method else 405)
    assert answer.headers["allow"] == allow


@pytest.mark.parametrize("path", ["/api/tasks", "/api/tasks/{id}", "/livez", "/readyz", "/docs"])
def test_head_is_get_without_the_body(service: Service, api: Api, path: str) -> None:
    path = path.format(id=api.created()["id"])

    head = send(service.url, request(f"HEAD {path}", token=api.token))
    get = send(service.url, request(f"GET {path}", token=api.token))

    assert (head.status, head.body) == (200, b"")
    assert head.headers | OF_THE_MOMENT == get.headers | OF_THE_MOMENT


def test_a_trailing_slash_changes_nothing(service: Service, api: Api) -> None:
    body, content_type = b'{"title": "x"}', "Content-Type: application/json"

    created = send(
        service.url, request("POST /api/tasks/", content_type, token=api.token, body=body)
    )
    listed = send(service.url, request("GET /api/tasks/", token=api.token))
    found = send(service.url, request(f"GET {created.headers['location']}/", token=api.token))

    assert [created.status, listed.status, found.status] == [201, 200, 200]


def test_an_escaped_spelling_of_a_path_is_that_path(service: Service, api: Api) -> None:
    task_id = str(api.created()["id"])
    escaped = "".join(f"%{ord(digit):02X}" for digit in task_id)

    assert send(service.url, request(f"GET /api/t%61sks/{escaped}", token=api.token)).status == 200


def test_an_absolute_target_is_its_path(service: Service, api: Api) -> None:
    line = "GET http://tasks.example/api/tasks"

    assert send(service.url, request(line, token=api.token)).status == 200
