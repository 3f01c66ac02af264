"""A service that clients find under a path, which a proxy removes."""

from collections.abc import Iterator

import pytest

from persistence.migrate import migrate
from tests.support.api import Api, new_user
from tests.support.database import new_database
from tests.support.service import Service, running_service


@pytest.fixture(scope="module")
def prefixed(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give a running service with the address that a proxy has."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        folder = tmp_path_factory.mktemp("prefixed")
        with running_service(folder, url, PUBLIC_URL="https://example.com/todo") as service:
            yield service


@pytest.fixture
def user(prefixed: Service) -> Iterator[Api]:
    """Give that service in the hands of a user."""
    with Api(prefixed.url, new_user()) as user:
        yield user


def test_a_new_task_is_located_where_the_client_finds_it(user: Api) -> None:
    response = user.create(title="Buy milk")

    path = f"/todo/api/tasks/{response.json()['data']['id']}"
    assert response.headers["Location"] == response.headers["Content-Location"] == path


def test_a_changed_task_is_located_where_the_client_finds_it(user: Api) -> None:
    task_id = user.created()["id"]

    replaced, toggled = user.update(task_id, title="Buy oats"), user.toggle(task_id)

    path = f"/todo/api/tasks/{task_id}"
    assert replaced.headers["Content-Location"] == toggled.headers["Content-Location"] == path


def test_the_next_page_is_where_the_client_finds_it(user: Api) -> None:
    user.created()
    user.created()

    page = user.request("GET", "/api/tasks", params={"limit": 1})

    after = page.json()["next"]
    assert page.headers["Link"] == f'</todo/api/tasks?limit=1&after={after}>; rel="next"'


def test_the_catalog_leads_to_the_service_from_wherever_it_is_passed_on(user: Api) -> None:
    catalog = user.request("GET", "/.well-known/api-catalog")

    targets = [link["url"] for link in catalog.links.values()]
    assert targets
    assert all(target.startswith("https://example.com/todo/") for target in targets)
