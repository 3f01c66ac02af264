"""What the database has, held against what the ledgers say that it must have."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.system.faults.ledger import GONE, Ledger, State, marker_of, told


@dataclass
class Audit:
    """What was found of all users of a load."""

    acknowledged: int = 0
    rows: int = 0
    lost: list[str] = field(default_factory=list)
    """Tasks that are not as an acknowledged write left them."""
    rows_per_key: int = 0
    """At most, of one Idempotency-Key."""
    doubled: list[str] = field(default_factory=list)
    """Creations that left more than one row, or a row that nobody asked for."""


ROWS = "SELECT user_id, id, title, description, completed FROM tasks"


def audit(rows: Sequence[tuple[Any, ...]], ledgers: Sequence[Ledger]) -> Audit:
    """Compare what `ROWS` gives with the ledgers of all users."""
    found: dict[str, dict[int, State]] = defaultdict(dict)
    for user_id, task_id, *state in rows:
        found[user_id][task_id] = State(*state)
    result = Audit(rows=len(rows))
    for ledger in ledgers:
        tasks = found.pop(ledger.user_id, {})
        result.acknowledged += ledger.acknowledged
        result.lost += ledger.lost
        result.doubled += ledger.doubled
        _look_for_lost(ledger, tasks, result)
        _look_for_doubled(ledger, tasks, result)
    result.doubled += [f"rows of {user_id}, who is unknown" for user_id in found]
    return result


def _look_for_lost(ledger: Ledger, tasks: dict[int, State], result: Audit) -> None:
    for task_id, states in ledger.possible.items():
        state = tasks.get(task_id, GONE)
        if state not in states:
            result.lost.append(f"task {task_id} is {told({state})}, not {told(states)}")


def _look_for_doubled(ledger: Ledger, tasks: dict[int, State], result: Audit) -> None:
    ids: dict[str, set[int]] = defaultdict(set)
    for marker, task_id in ledger.ids.items():
        ids[marker].add(task_id)
    for task_id, state in tasks.items():
        ids[marker_of(state.title)].add(task_id)
    for marker, some in ids.items():
        with_key = ledger.attempted.get(marker)
        if with_key:
            result.rows_per_key = max(result.rows_per_key, len(some))
        if len(some) > 1 or with_key is None:
            kind = {True: "with a key", False: "without a key", None: "never sent"}[with_key]
            result.doubled.append(f"a creation {kind} left {len(some)} rows")
