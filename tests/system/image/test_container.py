"""The image serves, with nothing but its own file system, which it cannot write to."""

import httpx
import pytest

from tests.support.api import Api, error_of, new_user, violations_of
from tests.support.service import NO_TLS
from tests.system.image import container
from tests.system.image.conftest import Running

pytestmark = pytest.mark.image


def health_of(environment: dict[str, str]) -> int:
    """Return the status of the image's own health check."""
    kind, *command = container.settings()["Healthcheck"]["Test"]
    assert kind == "CMD"
    return container.run(command, environment)[0]


def test_nobody_without_a_token_is_served(running: Running) -> None:
    with Api(running.url, "", token="") as nobody:
        assert error_of(nobody.list())[:2] == (401, "UNAUTHORIZED")


def test_a_task_is_its_owners_alone(running: Running) -> None:
    with Api(running.url, new_user()) as alice, Api(running.url, new_user()) as bob:
        task = alice.created()

        assert bob.get(task["id"]).status_code == 404
        assert bob.update(task["id"], title="Mine").status_code == 404
        assert bob.delete(task["id"]).status_code == 404
        assert bob.list().json() == {"data": []}
        assert alice.get(task["id"]).json()["data"] == task


def test_a_task_is_created_listed_viewed_updated_completed_and_deleted(running: Running) -> None:
    with Api(running.url, new_user()) as api:
        task = api.created(title="Buy milk")
        assert api.list().json()["data"] == [task]
        assert api.get(task["id"]).json()["data"] == task
        assert api.update(task["id"], title="Buy oats").json()["data"]["title"] == "Buy oats"
        assert api.toggle(task["id"]).json()["data"]["completed"] is True
        assert api.delete(task["id"]).status_code == 204
        assert api.get(task["id"]).status_code == 404


def test_what_breaks_the_contract_is_refused_in_its_words(running: Running) -> None:
    with Api(running.url, new_user()) as api:
        assert violations_of(api.create(title=" ")) == [("title", "Title is required")]


def test_the_documentation_is_served(running: Running) -> None:
    page = httpx.get(f"{running.url}/docs/", verify=NO_TLS, follow_redirects=True)

    assert page.status_code == 200


def test_it_is_healthy_as_long_as_it_runs(another: Running) -> None:
    while_it_runs = health_of(another.environment)
    container.first_process(another.process).terminate()
    another.process.wait(timeout=15)

    assert while_it_runs == 0
    assert health_of(another.environment) == 1


def test_sigterm_reaches_the_service_and_ends_it_well(another: Running) -> None:
    first = container.first_process(another.process)
    assert first.uids().real == 10001

    first.terminate()

    assert another.process.wait(timeout=15) == 0


def test_the_migration_can_be_repeated(migrated: str) -> None:
    assert container.run(container.tasks_api("migrate"), {"DATABASE_URL": migrated}) == (
        0,
        "The database has the schema of this version.\n",
    )


def test_without_settings_it_says_what_is_missing() -> None:
    status, printed = container.run(container.tasks_api(), {})

    assert status == 1
    assert "DATABASE_URL: missing" in printed
    assert "BETTER_AUTH_SECRET: missing" in printed


def test_it_has_no_rights_and_nothing_to_write_to() -> None:
    status, printed = container.run(["sh", "-c", "id -u; touch /tmp/file /opt/tasks-api/file"], {})

    assert status == 1
    assert printed.startswith("10001\n")
    assert printed.count("Read-only file system") == 2
