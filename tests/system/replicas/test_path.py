"""The service under a path of a site: nginx removes the path, and what the service says has it."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest
import yaml

from tests.support.api import Api, new_user
from tests.support.service import NO_TLS, running_service
from tests.system.replicas.nginx import under_a_path

pytestmark = pytest.mark.replicas


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[str]:
    """Give the address of a service that knows it."""
    # nginx needs an address of the service, and the service one of nginx; only its path matters.
    with (
        running_service(tmp_path, database_url, PUBLIC_URL="https://example.com/todo") as service,
        under_a_path(tmp_path, service.url) as url,
    ):
        yield url


def test_what_a_client_is_told_leads_to_the_task(site: str) -> None:
    with Api(site, new_user()) as user:
        created = user.create(title="Buy milk")
        user.created()
        page = user.request("GET", "/api/tasks", params={"limit": 1})
        authorization = {"Authorization": f"Bearer {user.token}"}

    places = [created.headers["Location"], page.links["next"]["url"]]
    found = [
        httpx.get(urljoin(site, place), headers=authorization, verify=NO_TLS) for place in places
    ]
    assert [answer.status_code for answer in found] == [200, 200]
    assert found[0].json()["data"] == created.json()["data"]
    assert [task["title"] for task in found[1].json()["data"]] == ["Buy milk"]


def test_the_root_of_the_path_leads_to_the_page_and_the_page_to_its_files(site: str) -> None:
    with httpx.Client(verify=NO_TLS, follow_redirects=True) as reader:
        pages = [reader.get(f"{site}/"), reader.get(f"{site}/docs/")]
        contract = reader.get(urljoin(str(pages[0].url), pages[0].links["service-desc"]["url"]))
        files = [
            reader.get(urljoin(str(pages[0].url), f"docs/{name}"))
            for name in ("start.js", "scalar.js")
        ]

    assert [str(page.url) for page in pages] == [f"{site}/docs"] * 2
    assert yaml.safe_load(contract.text)["servers"][0]["url"] == "https://example.com/todo"
    assert [file.status_code for file in files] == [200, 200]
