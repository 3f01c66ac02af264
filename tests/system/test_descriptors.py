"""A process without a free file descriptor says so."""

from contextlib import ExitStack
from pathlib import Path

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
            exhausted = awaited(service.log, "descriptors_exhausted")
        available = awaited(service.log, "descriptors_available")
        lines = logged(service.log, "descriptors_exhausted")

    assert (exhausted["level"], exhausted["reason"]) == ("warning", "EMFILE")
    assert available["count"] >= 1
    assert len(lines) == 1
