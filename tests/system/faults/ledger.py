"""What the database may hold of one user, going by the answers alone.

A write that was answered with a success has happened. A write that was answered with 503, or not
at all, may have happened. The user's requests follow one another, so that each task has few
possible states.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class State(NamedTuple):
    """What a client knows of a task in advance."""

    title: str
    description: str
    completed: bool


GONE = None
"""The state of a task that was deleted."""

States = set[State | None]


def state_of(task: Mapping[str, Any]) -> State:
    """Return the state of a task in an answer."""
    return State(task["title"], task["description"], task["completed"])


def marker_of(title: str) -> str:
    """Return the first word of a title, which the task keeps for life and shares with no other."""
    return title.partition(" ")[0]


@dataclass
class Ledger:
    """The accounts of one user."""

    user_id: str
    possible: dict[int, States] = field(default_factory=dict)
    """By the id of the task."""
    ids: dict[str, int] = field(default_factory=dict)
    """Of the tasks whose creation was acknowledged, by marker."""
    attempted: dict[str, bool] = field(default_factory=dict)
    """Every creation that was sent, by marker, and whether it had an Idempotency-Key."""
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    """What an answer showed to be otherwise than an acknowledged write had left it."""
    doubled: list[str] = field(default_factory=list)
    """What an answer showed to have been created twice."""

    def alive(self) -> list[int]:
        """Return the ids of the tasks that are there for certain."""
        return [task_id for task_id, states in self.possible.items() if GONE not in states]

    def marker(self, task_id: int) -> str:
        """Return the marker of a task."""
        return next(marker for marker, known in self.ids.items() if known == task_id)

    def created(self, task_id: int, state: State, wanted: State) -> None:
        """Note the success of a creation, which may have been sent before."""
        marker = marker_of(wanted.title)
        if self.ids.setdefault(marker, task_id) != task_id:
            self.doubled.append(f"one key was answered with {self.ids[marker]} and {task_id}")
        elif task_id not in self.possible:
            self._acknowledge(task_id, state, {wanted})

    def changed(self, task_id: int, state: State, change: Callable[[State], State]) -> None:
        """Note the success of a change, and the state that the answer gave."""
        self._acknowledge(task_id, state, self._after(task_id, change))

    def removed(self, task_id: int) -> None:
        """Note the success of a deletion."""
        self._acknowledge(task_id, GONE, {GONE})

    def may_have_changed(self, task_id: int, change: Callable[[State], State]) -> None:
        """Note a change without a success."""
        self.possible[task_id] |= self._after(task_id, change)

    def may_have_removed(self, task_id: int) -> None:
        """Note a deletion without a success."""
        self.possible[task_id].add(GONE)

    def read(self, task_id: int, found: State | None) -> None:
        """Hold what was read against what is possible."""
        if found not in self.possible[task_id]:
            was = told(self.possible[task_id])
            self.lost.append(f"task {task_id} was read as {told({found})}, not {was}")
            self.possible[task_id] = {found}

    def _after(self, task_id: int, change: Callable[[State], State]) -> States:
        return {change(state) for state in self.possible[task_id] if state is not GONE}

    def _acknowledge(self, task_id: int, state: State | None, expected: States) -> None:
        self.acknowledged += 1
        self.possible[task_id] = {state}
        if state not in expected:
            self.lost.append(f"task {task_id} became {told({state})}, not {told(expected)}")


def told(states: States) -> str:
    """Return the states in a few characters."""
    return " or ".join(sorted("gone" if s is GONE else f"{s.title} {s.completed}" for s in states))
