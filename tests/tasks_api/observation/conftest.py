"""A log that is kept in memory."""

from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs


@pytest.fixture
def events() -> Iterator[list[Any]]:
    """Give what is logged in the test, as it happens."""
    with capture_logs() as captured:
        yield captured
