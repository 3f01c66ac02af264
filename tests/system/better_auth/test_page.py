"""`docs/better-auth.md` says what was seen."""

from tests.support.database import query
from tests.system.better_auth.node import BetterAuth
from tests.system.better_auth.orders import Order
from tests.system.better_auth.page import PAGE, put, table_of_orders, table_of_tokens
from tests.system.better_auth.row import Row
from tests.system.better_auth.stage import Answer


def test_the_tables_are_what_was_seen(
    better_auth: BetterAuth,
    postgres: str,
    tokens_seen: dict[Row, Answer],
    orders_seen: dict[Order, str],
) -> None:
    ((postgresql,),) = query(
        postgres, "SELECT split_part(current_setting('server_version'), ' ', 1)"
    )
    versions = {**better_auth.versions(), "postgresql": postgresql}
    committed = PAGE.read_text(encoding="utf-8")

    seen = put(committed, "tokens", table_of_tokens(versions, tokens_seen))
    seen = put(seen, "orders", table_of_orders(orders_seen))

    if seen != committed:
        PAGE.write_text(seen, encoding="utf-8")
    assert seen == committed, f"{PAGE.name} said something else, and has been written anew"
