"""The edge cases of the requirements."""

import time
from pathlib import Path
from typing import Any

import pytest

from persistence.migrate import migrate
from tests.support.api import Api, SignIn, error_of, new_user, token_of
from tests.support.database import query
from tests.support.service import Service, running_service

SQL = "'); DROP TABLE tasks; -- \"%s %(owner)s {} \\"


@pytest.mark.requirement("FR-006", "FR-035", "EC-02", "EC-06")
@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": int(time.time()) - 60}, "The token has expired"),
        ({"sub": ""}, "The token names no user: user_id or sub must be a non-empty string"),
    ],
    ids=["expired", "missing_subject"],
)
def test_a_bad_token_is_told_apart(sign_in: SignIn, claims: dict[str, Any], message: str) -> None:
    api = sign_in(token=token_of("x", **claims))

    assert error_of(api.list()) == (401, "UNAUTHORIZED", message)


@pytest.mark.requirement("FR-007", "FR-035", "EC-02")
def test_a_malformed_token_is_told_apart(sign_in: SignIn) -> None:
    api = sign_in(token="a.b.c")

    assert error_of(api.list()) == (401, "UNAUTHORIZED", "Malformed token")


@pytest.mark.requirement("FR-003", "FR-006", "FR-035")
def test_a_forged_token_is_told_apart(sign_in: SignIn) -> None:
    api = sign_in(token=token_of("x", secret="another secret of thirty-two bytes!"))

    assert error_of(api.list()) == (
        401,
        "UNAUTHORIZED",
        "Invalid signature",
    )


@pytest.mark.requirement("EC-06")
def test_a_token_without_a_user_id_is_unauthorized(sign_in: SignIn) -> None:
    api = sign_in(token=token_of("x", sub=None))

    assert api.list().status_code == 401


@pytest.mark.requirement("FR-004")
def test_user_id_and_sub_may_both_name_the_user(sign_in: SignIn) -> None:
    user_id = new_user()
    api = sign_in(token=token_of(user_id, user_id=user_id))

    assert api.created()["user_id"] == user_id


@pytest.mark.requirement("EC-05", "NF-002")
def test_sql_in_a_title_is_stored_as_text(api: Api) -> None:
    task = api.created(title=SQL, description=SQL)

    assert (task["title"], task["description"]) == (SQL, SQL)
    assert api.get(task["id"]).json()["data"] == task


@pytest.mark.requirement("EC-08")
def test_a_deleted_users_tasks_are_gone_with_it(api: Api, service: Service) -> None:
    task = api.created()

    query(service.database_url, "DELETE FROM users WHERE id = %s", api.user_id)

    assert api.get(task["id"]).status_code == 404
    assert api.list().json()["data"] == []


@pytest.mark.requirement("EC-10")
def test_a_thousand_and_more_tasks_come_in_one_answer(api: Api, service: Service) -> None:
    api.created()
    statement = (
        "INSERT INTO tasks (user_id, title) SELECT %s, 'Task ' || n FROM generate_series(1, 1200) n"
    )
    query(service.database_url, statement, api.user_id)

    assert len(api.list().json()["data"]) == 1201


def test_the_first_write_of_a_user_adds_them_as_the_token_describes_them(
    service: Service, sign_in: SignIn
) -> None:
    user_id = new_user()
    token = token_of(user_id, email="ann@example.com", name="Ann")

    sign_in(token=token).created()

    stored = query(service.database_url, "SELECT email, name FROM users WHERE id = %s", user_id)
    assert stored == [("ann@example.com", "Ann")]


@pytest.mark.requirement("FR-033", "SC-009")
def test_tasks_survive_a_restart(database_url: str, tmp_path: Path, sign_in: SignIn) -> None:
    user_id = new_user()
    with running_service(tmp_path, database_url) as before:
        task = sign_in(user_id, url=before.url).created()

    with running_service(tmp_path, database_url) as after:
        assert sign_in(user_id, url=after.url).get(task["id"]).json()["data"] == task


def test_a_database_that_is_not_migrated_is_unavailable(
    empty_database_url: str, tmp_path: Path, sign_in: SignIn
) -> None:
    with running_service(tmp_path, empty_database_url) as service:
        api = sign_in(url=service.url)

        assert api.create(title="Buy milk").status_code == 503
        ready = api.request("GET", "/readyz")
        migrate(empty_database_url)

        assert error_of(ready)[2] == "The database schema is older than this service expects"
        assert ready.headers["Retry-After"]
        assert api.request("GET", "/readyz").status_code == 200
        assert api.create(title="Buy milk").status_code == 201


def test_a_schema_that_is_ahead_is_served_by_the_version_before(
    database_url: str, tmp_path: Path, sign_in: SignIn
) -> None:
    with running_service(tmp_path, database_url) as service:
        query(database_url, "UPDATE tasks_alembic_version SET version_num = '9999'")

        assert sign_in(url=service.url).request("GET", "/readyz").status_code == 200
