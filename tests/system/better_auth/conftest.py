"""The real Better Auth, once for the session, and people who have accounts at it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.support.database import new_database
from tests.system.better_auth.node import BetterAuth, running_better_auth
from tests.system.better_auth.orders import ORDERS, Order, outcome_of
from tests.system.better_auth.person import Person
from tests.system.better_auth.row import Row
from tests.system.better_auth.rows import ROWS
from tests.system.better_auth.stage import Answer, Stage

SignUp = Callable[[str], Person]


@pytest.fixture(scope="session")
def better_auth() -> Iterator[BetterAuth]:
    """Give the process that Better Auth runs in."""
    with running_better_auth() as better_auth:
        yield better_auth


@pytest.fixture
def sign_up() -> Iterator[SignUp]:
    """Give a function that signs somebody up at the Better Auth with this URL."""
    with ExitStack() as opened:
        yield lambda url: opened.enter_context(Person(url))


@pytest.fixture(scope="session")
def tokens_seen(
    better_auth: BetterAuth, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[Row, Answer]:
    """Go through the table of tokens, row by row."""
    with Stage(better_auth, postgres, tmp_path_factory.mktemp("better-auth")) as stage:
        return {row: row.see(stage) for row in ROWS}


@pytest.fixture(scope="session")
def orders_seen(better_auth: BetterAuth, postgres: str) -> dict[Order, str]:
    """Migrate in every order, each on a database of its own."""
    seen = {}
    for order in ORDERS:
        with new_database(postgres, template="template0") as url:
            seen[order] = outcome_of(order, better_auth, url)
    return seen
