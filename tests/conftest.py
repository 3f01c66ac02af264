"""One PostgreSQL and one service for the whole session; one new user for each test."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from persistence.migrate import migrate
from tasks_api.dev.local_postgres import LocalPostgres
from tests.api import Api, SignIn, new_user
from tests.database import name_of, new_database
from tests.service import Service, running_service

FRONTEND = "https://app.example.com"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the URL of a database on a server of our own, from which others can be made."""
    with LocalPostgres(tmp_path_factory.mktemp("postgres"), fsync=False) as server:
        yield server.url


@pytest.fixture(scope="session")
def migrated_template(postgres: str) -> Iterator[str]:
    """Give the name of a migrated database that nobody is connected to."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        yield name_of(url)


@pytest.fixture
def database_url(postgres: str, migrated_template: str) -> Iterator[str]:
    """Give the URL of a migrated database with a stand-in for the users, and no row in it."""
    with new_database(postgres, template=migrated_template) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres: str) -> Iterator[str]:
    """Give the URL of a database with nothing in it."""
    with new_database(postgres, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def service(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Give the running service, on a migrated database of its own."""
    with new_database(postgres, template="template0") as url:
        migrate(url)
        folder = tmp_path_factory.mktemp("service")
        with running_service(folder, url, FRONTEND_URL=FRONTEND) as service:
            yield service


@pytest.fixture
def sign_in(service: Service) -> Iterator[SignIn]:
    """Give a function that signs a user in: a new one, unless it is told whom, how and where."""
    with ExitStack() as opened:
        yield lambda user_id=None, token=None, url=service.url: opened.enter_context(
            Api(url, user_id or new_user(), token)
        )


@pytest.fixture
def api(sign_in: SignIn) -> Api:
    """Give the service in the hands of a new user."""
    return sign_in()


@pytest.fixture
def stranger(sign_in: SignIn) -> Api:
    """Give the service in the hands of another user."""
    return sign_in()


@pytest.fixture
def anonymous(sign_in: SignIn) -> Api:
    """Give the service in the hands of somebody without a token."""
    return sign_in(token="")
