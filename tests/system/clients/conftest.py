"""Each client, made once for the session."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from tests.support.api import new_user, token_of
from tests.support.service import Service
from tests.system.clients.generators import Generator
from tests.system.clients.later import later_service
from tests.system.clients.made import Made, make

Make = Callable[[Generator], Made]


@pytest.fixture(scope="session")
def made(service: Service) -> Iterator[Make]:
    """Give a function that makes a client, and has it use the service as a new user."""
    with later_service() as later:

        @cache
        def made(generator: Generator) -> Made:
            return make(
                generator, TASKS_API=service.url, LATER_API=later, TOKEN=token_of(new_user())
            )

        yield made
