"""Pages of a list: what a request asks for, and where the next one begins (RFC 8288)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from persistence.models import Page, Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def requested(*, limit: int | None, after: str | None, completed: bool | None) -> Page | None:
    """Return the page that was asked for, None for the whole list.

    The contract has validated `after`, so every value of it is a position.
    """
    if limit is None and after is None and completed is None:
        return None
    return Page(limit, _position(after) if after else None, completed)


def cursor(position: Position) -> str:
    """Write a position as the value of `after` and `next`."""
    microseconds = (position.created_at - _EPOCH) // timedelta(microseconds=1)
    return f"{microseconds}.{position.id}"


def link(page: Page, after: str, prefix: str) -> str:
    """Return the `Link` header that leads to the next page, behind the prefix of a proxy."""
    query = {"limit": page.limit, "after": after, "completed": page.completed}
    values = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None
    }
    return f'<{prefix}/api/tasks?{urlencode(values)}>; rel="next"'


def _position(after: str) -> Position:
    microseconds, _, task_id = after.partition(".")
    return Position(_EPOCH + timedelta(microseconds=int(microseconds)), int(task_id))
