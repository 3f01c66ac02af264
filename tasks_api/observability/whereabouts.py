"""Of an exception, what may be logged: its kind and its place, and none of its text."""

from traceback import format_tb

from persistence.errors import sqlstate_of


def whereabouts(error: BaseException) -> str:
    """Tell the kind of an exception, where it arose, and what caused it.

    Its text may hold values, and below the text PostgreSQL quotes whole rows.
    """
    told = _kind_of(error) + "\n" + "".join(format_tb(error.__traceback__))
    return told + (f"caused by {whereabouts(error.__cause__)}" if error.__cause__ else "")


def _kind_of(error: BaseException) -> str:
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    state = sqlstate_of(error)
    return kind + (f" (SQLSTATE {state})" if state else "")
