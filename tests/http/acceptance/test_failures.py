"""What a caller is told when the service cannot do its work, and what is kept from them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.api import SignIn, error_of
from tests.support.database import new_database, query
from tests.support.log import awaited
from tests.support.service import Service, free_port, running_service

ROLE = "spectator"


@pytest.fixture(scope="module")
def broken_service(
    postgres: str, migrated_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """Give a service whose database refuses every task, by a rule that the service does not know.

    What PostgreSQL says of it quotes the row.
    """
    with new_database(postgres, template=migrated_template) as url:
        query(url, "ALTER TABLE tasks ADD CONSTRAINT unknown CHECK (title = '')")
        with running_service(tmp_path_factory.mktemp("broken"), url) as broken:
            yield broken


@pytest.mark.requirement("FR-038", "NF-003")
def test_a_defect_shows_nothing_of_the_inside(broken_service: Service, sign_in: SignIn) -> None:
    api = sign_in(url=broken_service.url)

    response = api.create(title="Buy milk")

    assert response.status_code == 500
    message, request_id = "Internal server error", response.headers["X-Request-ID"]
    assert response.json() == {
        "error": {"code": "INTERNAL_ERROR", "message": message, "request_id": request_id}
    }


@pytest.mark.requirement("NF-007")
def test_a_defect_is_in_the_log_without_what_the_user_wrote(
    broken_service: Service, sign_in: SignIn
) -> None:
    api = sign_in(url=broken_service.url)

    answer = api.create(title="A secret title", description="A secret description")

    awaited(broken_service.log, "request", request_id=answer.headers["X-Request-ID"])
    log = broken_service.log.read_text()
    assert "CheckViolation (SQLSTATE 23514)" in log
    assert "persistence/tasks.py" in log
    assert "A secret" not in log
    assert api.token not in log


def test_a_right_that_the_role_lacks_is_unavailable_and_logged(
    tmp_path: Path, service: Service, sign_in: SignIn
) -> None:
    query(service.database_url, f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}'")
    url = urlsplit(service.database_url)
    url = url._replace(netloc=f"{ROLE}:{ROLE}@{url.hostname}:{url.port}")
    with running_service(tmp_path, url.geturl()) as limited:
        status, code, _ = error_of(sign_in(url=limited.url).create(title="Buy milk"))
        line = awaited(limited.log, "database_unavailable")
    query(service.database_url, f"DROP ROLE {ROLE}")

    assert (status, code) == (503, "SERVICE_UNAVAILABLE")
    assert line["reason"] == "SQLSTATE 42501"


@pytest.mark.requirement("FR-039", "EC-03")
def test_without_its_database_the_service_is_unavailable_and_alive(
    tmp_path: Path, sign_in: SignIn
) -> None:
    nowhere = f"postgresql://postgres@127.0.0.1:{free_port()}/tasks"
    with running_service(tmp_path, nowhere) as service:
        api = sign_in(url=service.url)

        response = api.list()

        message = "The database is unreachable or overloaded. Please try again."
        assert error_of(response) == (503, "SERVICE_UNAVAILABLE", message)
        assert int(response.headers["Retry-After"]) >= 1
        assert api.request("GET", "/livez").status_code == 200
