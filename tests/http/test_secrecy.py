"""What a user or an operator entrusts to the service is in no log and in no error."""

from pathlib import Path

import pytest

from tests.support.api import Api, new_user, token_of
from tests.support.database import query
from tests.support.log import awaited, logged
from tests.support.raw import request, send
from tests.support.service import SECRET, Service, free_port, running_service

MARKER = "xyzzy"
TITLE, DESCRIPTION, EMAIL = f"title-{MARKER}", f"description-{MARKER}", f"{MARKER}@example.com"
KEY = {"Idempotency-Key": f"key-{MARKER}"}
JSON = "Content-Type: application/json"


def exercise(service: Service, user_id: str) -> list[str]:
    """Do everything that could make somebody write something down; return the error bodies."""
    token = token_of(user_id, email=EMAIL, name=f"name-{MARKER}")
    errors = []
    with Api(service.url, user_id, token) as api:
        responses = [
            api.create(title=TITLE, description=DESCRIPTION),
            api.create(title=TITLE * 100, description=DESCRIPTION),
            api.create(KEY, title=TITLE),
            api.create(KEY, title=DESCRIPTION),
            api.update(1, {"If-Match": f'"{MARKER}"'}, title=TITLE),
            api.update(1, {"If-Match": MARKER}, title=TITLE),
            api.create(title=[TITLE], description={"a": DESCRIPTION}),
            api.request("POST", "/api/tasks", data={"title": TITLE}),
            api.request(
                "POST", "/api/tasks", content=TITLE, headers={"Content-Type": "application/json"}
            ),
            api.update(1, title=TITLE, description=DESCRIPTION),
            api.update(2**63 - 1, title=TITLE),
            api.list(),
            api.request("GET", "/readyz"),
            api.request("GET", "/api/tasks", params={"title": TITLE, MARKER: "x"}),
        ]
        errors += [r.text for r in responses[:-1] if r.status_code >= 400]
    for bad in (
        token[:-4] + "AAAA",
        token_of(user_id, exp=1, secret=f"secret-{MARKER}" * 4),
        MARKER,
    ):
        with Api(service.url, user_id, bad) as api:
            errors.append(api.list().text)
    return errors


def planted(user_id: str) -> list[str]:
    return [MARKER, SECRET, "powerless", token_of(user_id).split(".")[0]]


@pytest.mark.requirement("NF-003", "NF-007")
def test_neither_logs_nor_errors_hold_what_was_sent(database_url: str, tmp_path: Path) -> None:
    user_id = new_user()
    with running_service(tmp_path, database_url, LOG_LEVEL="debug") as service:
        errors = exercise(service, user_id)

    written = "\n".join([*errors, service.log.read_text()])
    assert {("POST", "/api/tasks"), ("PUT", "/api/tasks/{id}")} <= {
        (line["method"], line["route"]) for line in logged(service.log, "request")
    }
    assert [secret for secret in planted(user_id) if secret in written] == []


def test_a_database_that_fails_gives_nothing_away(tmp_path: Path) -> None:
    user_id = new_user()
    url = f"postgresql://somebody:powerless@127.0.0.1:{free_port()}/tasks?application_name={MARKER}"
    with running_service(tmp_path, url, LOG_LEVEL="debug") as service:
        errors = exercise(service, user_id)

    written = "\n".join([*errors, service.log.read_text()])
    assert "SERVICE_UNAVAILABLE" in written
    assert [secret for secret in planted(user_id) if secret in written] == []


def test_a_defect_is_logged_with_its_place_and_without_its_values(
    database_url: str, tmp_path: Path
) -> None:
    query(database_url, f"ALTER TABLE tasks ADD CHECK (title <> '{TITLE}')")
    with running_service(tmp_path, database_url) as service:
        errors = exercise(service, new_user())

    log = service.log.read_text()
    assert "INTERNAL_ERROR" in errors[0]
    assert "CheckViolation (SQLSTATE 23514)" in log
    assert "persistence/tasks.py" in log
    assert MARKER not in log + "".join(errors)


@pytest.mark.parametrize("place", ["path", "query", "header"])
def test_no_line_of_the_log_can_be_forged(service: Service, place: str) -> None:
    forged = "%0D%0A{%22event%22:%22counterfeit%22}%0A"
    target = {"path": f"/api/{forged}", "query": f"/api/tasks?{forged}", "header": "/livez"}[place]

    fields = (f"{name}: {forged}" for name in ("X-Request-ID", "Traceparent", "User-Agent"))
    answer = send(service.url, request(f"GET {target}", *fields))
    if place != "header":  # A probe is no line.
        awaited(service.log, "request", request_id=answer.headers["x-request-id"])

    assert "counterfeit" not in service.log.read_text()
    assert logged(service.log, "request")
