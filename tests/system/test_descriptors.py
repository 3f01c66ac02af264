"""A process without a free file descriptor says so."""

import errno
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from persistence.inspection import try_to_connect
from tasks_api.checks import key_set
from tests.support.log import awaited, logged
from tests.support.service import running_service
from tests.support.stopping import connected_to
from tests.system.test_crowded_stop import FILES, WITH_FEW_FILES


def test_a_limit_of_connections_that_is_reached_is_logged(
    tmp_path: Path, database_url: str
) -> None:
    with running_service(tmp_path, database_url, program=WITH_FEW_FILES) as service:
        with ExitStack() as stack:
            for _ in range(FILES):
                stack.enter_context(connected_to(service))
            # The check at the start may have held some descriptors, and given them back since.
            give_up = time.monotonic() + 30
            while not logged(service.log, "descriptors_exhausted") and time.monotonic() < give_up:
                stack.enter_context(connected_to(service))
                time.sleep(0.1)
            exhausted = awaited(service.log, "descriptors_exhausted")
        available = awaited(service.log, "descriptors_available")
        lines = logged(service.log, "descriptors_exhausted")

    assert (exhausted["level"], exhausted["reason"]) == ("warning", "EMFILE")
    assert available["count"] >= 1
    assert len(lines) == 1


@pytest.fixture
def no_free_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: Any) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(socket, "socketpair", refused)


@pytest.mark.usefixtures("no_free_descriptor")
def test_a_check_that_finds_no_free_descriptor_leaves_no_warning_behind(database_url: str) -> None:
    # What finalizers print is an error in these tests, as is every warning.
    with pytest.raises(OSError, match="Too many open files"):
        try_to_connect(database_url, seconds=5)
    (finding,) = key_set.find("http://127.0.0.1:9/api/auth/jwks")

    assert finding.message == "BETTER_AUTH_JWKS_URL does not answer (Too many open files)"
