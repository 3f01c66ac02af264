"""`docs/better-auth.md`, whose tables are written by the run."""

import re
from collections.abc import Iterable, Mapping

from tests.support.paths import ROOT
from tests.system.better_auth.orders import Order
from tests.system.better_auth.row import Row
from tests.system.better_auth.stage import Answer

PAGE = ROOT / "docs" / "better-auth.md"

SERVICES = {
    "secret": "`BETTER_AUTH_SECRET`",
    "keys": "`BETTER_AUTH_SECRET`, `BETTER_AUTH_JWKS_URL`",
    "strict": "a new `BETTER_AUTH_SECRET`, `BETTER_AUTH_SECRET_PREVIOUS`, `JWT_ISSUER`, "
    "`JWT_AUDIENCE`",
}


def table_of_tokens(versions: Mapping[str, str], seen: Mapping[Row, Answer]) -> str:
    """Write what was answered to what was sent."""
    made_by = (
        "Better Auth {better-auth}, oauth-provider {@better-auth/oauth-provider}, jose {jose}, "
        "pg {pg}, Node.js {node}, PostgreSQL {postgresql}:"
    )
    rows = [
        (row.better_auth, row.sent, SERVICES[row.service], str(answer.status), answer.message)
        for row, answer in seen.items()
    ]
    heads = ("Better Auth", "What is sent", "Set here", "Status", "Message")
    return f"{made_by.format_map(versions)}\n\n{_table(heads, rows)}"


def table_of_orders(seen: Mapping[Order, str]) -> str:
    """Write how both sides' migrations went."""
    rows = [
        (
            order.first,
            f"`{order.users}`",
            order.ids,
            " ".join(f"`{name}={value}`" for name, value in order.settings.items()),
            outcome.replace('"', "`"),
        )
        for order, outcome in seen.items()
    ]
    return _table(("First", "Table", "Ids", "Set here", "What happens"), rows)


def put(text: str, section: str, content: str) -> str:
    """Return the text with this between the section's marks."""
    marks = re.compile(rf"(<!-- {section}: [^\n]*-->\n).*?(<!-- end -->\n)", re.DOTALL)
    written, count = marks.subn(lambda mark: f"{mark[1]}\n{content}\n\n{mark[2]}", text)
    assert count == 1, f"{PAGE.name} lacks the marks of {section}"
    return written


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    rules = ("---" for _ in heads)
    return "\n".join(f"| {' | '.join(row)} |" for row in (heads, rules, *rows))
