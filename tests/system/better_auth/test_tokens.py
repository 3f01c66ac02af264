"""What the service says to what people have from Better Auth: a table of `docs/better-auth.md`."""

import pytest

from tests.system.better_auth.row import Row
from tests.system.better_auth.rows import ROWS
from tests.system.better_auth.stage import Answer


@pytest.mark.requirement("FR-003")
@pytest.mark.parametrize(
    "row", ROWS, ids=lambda row: f"{row.better_auth}, {row.sent}, {row.service}"
)
def test_what_is_sent_gets_the_answer_of_the_table(
    row: Row, tokens_seen: dict[Row, Answer]
) -> None:
    assert tokens_seen[row] == row.answer
