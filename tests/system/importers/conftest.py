"""Each importer is given the contract once for the session, as a running service publishes it."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from persistence.migrate import migrate
from tests.support.api import Api, new_user
from tests.support.database import new_database
from tests.support.service import NO_TLS, free_port, running_service
from tests.system.importers.importers import Importer, Sent


class Imported(NamedTuple):
    """What a collection has sent in two rounds, and how many tasks it has created."""

    importer: Importer
    rounds: list[list[Sent]]
    created: int


Import = Callable[[Importer], Imported]


@pytest.fixture(scope="session")
def public_url(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a running service that knows it, as an importer has nothing else."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with new_database(postgres, template="template0") as database_url:
        migrate(database_url)
        folder = tmp_path_factory.mktemp("service")
        with running_service(folder, database_url, PORT=str(port), PUBLIC_URL=url):
            yield url


@pytest.fixture(scope="session")
def imported(public_url: str, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Give a function that imports the contract, and sends the collection twice as a new user."""

    @cache
    def imported(importer: Importer) -> Imported:
        contract = (
            tmp_path_factory.mktemp(importer.package.strip("@").replace("/", "-")) / "openapi.yaml"
        )
        published = httpx.get(f"{public_url}/openapi.yaml", verify=NO_TLS)
        contract.write_bytes(published.content)
        return _sent(importer, contract, public_url)

    return imported


def _sent(importer: Importer, contract: Path, url: str) -> Imported:
    with Api(url, new_user()) as api:
        # One for each request with an id, as one of them deletes its task.
        rounds = [[api.created()["id"] for _ in range(4)] for _ in range(2)]
        sent = importer.rounds(contract, api.token, rounds)
        typed = {task_id for ids in rounds for task_id in ids}
        created = [task for task in api.list().json()["data"] if task["id"] not in typed]
        return Imported(importer, sent, len(created))
