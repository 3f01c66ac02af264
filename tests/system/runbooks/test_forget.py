"""Forget a user: nothing of theirs is left in any table, and their token is of no use."""

import pytest

from persistence.migrate import migrate
from tests.support.api import Api, error_of
from tests.support.database import create_better_auth, query, sign_up
from tests.system.runbooks.conftest import GRANT, Start
from tests.system.runbooks.shell import Shell, commands

FORGET, LEFT = commands("Forget a user")

TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"


def rows_with(url: str, text: str) -> int:
    """Count the rows of all tables that contain a text anywhere."""
    tables = [name for (name,) in query(url, TABLES)]
    assert "tasks" in tables
    counts = [
        query(url, f"SELECT count(*) FROM {name} AS r WHERE r::text LIKE %s", f"%{text}%")
        for name in tables
    ]
    return sum(count for ((count,),) in counts)


def fill(api: Api) -> None:
    """Leave something of the user in every table."""
    api.created(title=f"A task of {api.user_id}")
    api.create({"Idempotency-Key": f"key-of-{api.user_id}"}, title="Buy milk")


@pytest.fixture
def with_better_auth(shell: Shell) -> Shell:
    """Give a deployment whose database has Better Auth's tables, with two users."""
    owner = shell.variables["DATABASE_URL_UNPOOLED"]
    create_better_auth(owner)
    for user_id in ("alice-1", "bob-2"):
        sign_up(owner, user_id)
    migrate(owner)
    shell.run(GRANT)
    return shell


def test_nothing_of_the_user_is_left_and_nothing_of_another_is_gone(
    with_better_auth: Shell, start: Start
) -> None:
    shell, owner = with_better_auth, with_better_auth.variables["DATABASE_URL_UNPOOLED"]
    shell.variables["USER_ID"] = "alice-1"
    replica = start(shell)

    with replica.api("alice-1") as alice, replica.api("bob-2") as bob:
        fill(alice)
        fill(bob)
        kept = bob.list().content
        rows = rows_with(owner, "alice-1"), rows_with(owner, "bob-2")
        shell.run(FORGET)

        assert rows == (5, 5)
        assert (rows_with(owner, "alice-1"), rows_with(owner, "bob-2")) == (0, 5)
        assert shell.run(LEFT) == "0\n"
        assert [error_of(answer)[0] for answer in (alice.list(), alice.create(title="x"))] == [
            401,
            401,
        ]
        assert bob.list().content == kept
    assert "alice-1" not in replica.log


def test_without_better_auths_table_a_token_that_is_still_valid_brings_the_user_back(
    deployed: Shell, start: Start
) -> None:
    deployed.variables["USER_ID"] = "alice-1"
    replica = start(deployed)

    with replica.api("alice-1") as alice:
        fill(alice)
        deployed.run(FORGET)
        gone = deployed.run(LEFT)
        alice.created()
        back = deployed.run(LEFT)
        deployed.run(FORGET)

    assert (gone, back, deployed.run(LEFT)) == ("0\n", "3\n", "0\n")
    assert rows_with(deployed.variables["DATABASE_URL_UNPOOLED"], "alice-1") == 0
