"""One fleet for all tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.system.faults import pgbouncer
from tests.system.replicas import nginx
from tests.system.replicas.fleet import Fleet


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Give three replicas behind nginx, all of them ready."""
    try:
        nginx.program()
        pgbouncer.program()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    yield fleet
    fleet.close()
