"""What the role of the service may do: all that it needs, and no more (deploy/grants.sql)."""

from collections.abc import Mapping, Sequence

from persistence.readiness import VERSION_TABLE

_EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")

RIGHTS: Mapping[str, Sequence[str]] = {
    "tasks": _EVERYTHING,
    "idempotency_keys": _EVERYTHING,
    "task_lists": ("SELECT",),
    VERSION_TABLE: ("SELECT",),
}
"""By table. On the table of users: `SELECT`, and `INSERT` if the service adds users."""
