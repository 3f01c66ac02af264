"""The servers of this folder come from Debian's packages."""

from pathlib import Path

import pytest

from tests.database.checks.conftest import check
from tests.support.certificates import Authority
from tests.support.paths import ROOT
from tests.system.databases import debian_postgres
from tests.system.faults import pgbouncer

__all__ = ["check"]  # A fixture for the tests of this folder too.

NEXT_PGBOUNCER = ROOT / "build" / "next-pgbouncer" / "pgbouncer"


@pytest.fixture(scope="session", autouse=True)
def _is_installed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """End the run with a line if a program is missing: no test is skipped."""
    try:
        debian_postgres.programs(tmp_path_factory.mktemp("programs"))
        pgbouncer.program()
    except FileNotFoundError as error:
        pytest.exit(str(error), returncode=1)
    if not NEXT_PGBOUNCER.exists():
        pytest.exit(f"{NEXT_PGBOUNCER} is missing: run scripts/next-pgbouncer.sh", returncode=1)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Give the authority that has signed the certificate of the server."""
    return Authority(tmp_path, "ours")
