"""Better Auth's migrations and ours on one database, whoever comes first."""

import pytest

from persistence.migrate import MigrationError, migrate
from tests.database.migrations.catalog import catalog_of, tables_of
from tests.support.database import query
from tests.system.better_auth.conftest import SignUp
from tests.system.better_auth.node import BetterAuth
from tests.system.better_auth.orders import NOT_THIS_TYPE, ORDERS, Order
from tests.system.better_auth.way_out import START_OVER, TO_BETTER_AUTHS, UNIQUE_EMAIL

Seen = dict[Order, str]


@pytest.mark.requirement("FR-029", "FR-032")
@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_both_sides_migrate_one_database(order: Order, orders_seen: Seen) -> None:
    assert orders_seen[order] == order.outcome


@pytest.mark.parametrize(("users", "other"), [("users", "user"), ("user", "users")])
def test_no_stand_in_is_made_beside_the_users_of_better_auth(
    better_auth: BetterAuth, empty_database_url: str, users: str, other: str
) -> None:
    better_auth.migrate(empty_database_url, users=users)
    before = catalog_of(empty_database_url)

    with pytest.raises(MigrationError, match=f"set USERS_TABLE={users}; nothing") as failure:
        migrate(empty_database_url, users_table=other)

    assert "\n" not in str(failure.value)
    assert catalog_of(empty_database_url) == before


def test_tasks_on_a_stand_in_beside_the_users_are_warned_of_and_can_be_moved(
    better_auth: BetterAuth, empty_database_url: str, sign_up: SignUp
) -> None:
    assert migrate(empty_database_url) is None
    better_auth.migrate(empty_database_url, users="user")
    person = sign_up(better_auth.serve("no plugin", empty_database_url, users="user"))
    query(empty_database_url, "INSERT INTO users (id) VALUES (%s)", person.user_id)
    query(empty_database_url, "INSERT INTO tasks (user_id, title) SELECT id, 'x' FROM users")

    warning = migrate(empty_database_url)
    query(empty_database_url, TO_BETTER_AUTHS)

    assert warning
    assert 'the stand-in "users", but "user" is Better Auth\'s' in warning
    assert migrate(empty_database_url, users_table="user") is None
    person.delete()
    assert query(empty_database_url, "SELECT count(*) FROM tasks") == [(0,)]


def test_a_stand_in_of_the_wrong_type_is_started_over(
    better_auth: BetterAuth, empty_database_url: str
) -> None:
    migrate(empty_database_url)
    with pytest.raises(AssertionError, match=NOT_THIS_TYPE):
        better_auth.migrate(empty_database_url, ids="uuid")

    query(empty_database_url, START_OVER)

    assert tables_of(empty_database_url) == set()
    better_auth.migrate(empty_database_url, ids="uuid")
    assert migrate(empty_database_url) is None
    assert better_auth.migrate(empty_database_url, ids="uuid") == ([], [], [])


def test_an_adopted_stand_in_has_to_be_told_what_an_email_is(
    better_auth: BetterAuth, empty_database_url: str
) -> None:
    migrate(empty_database_url)
    adopted = better_auth.migrate(empty_database_url)

    query(empty_database_url, UNIQUE_EMAIL)

    assert [warning.partition(" on ")[0] for warning in adopted.warnings] == [
        'Column "name"',
        'Column "email"',
    ]
    assert better_auth.migrate(empty_database_url) == ([], [], [])
    assert migrate(empty_database_url) is None
