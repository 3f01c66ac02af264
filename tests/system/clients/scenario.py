"""What every client in Python does, each in the words of its generated types."""

import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Task:
    """What a client has read of a task."""

    id: int
    title: str
    description: str | None
    completed: bool
    etag: str
    created_at: str | datetime


class Refused(Exception):
    """An answer that is not a success: its status, and what its body says, if that is JSON."""

    def __init__(self, status: int, code: str = "", fields: list[str] | None = None) -> None:
        super().__init__(status, code)
        self.told = " ".join(filter(None, [str(status), code, ",".join(fields or [])]))


class Tasks(Protocol):
    """The six operations."""

    def create(self, title: str, *, key: str) -> Task:
        """`create_task`."""

    def list(self) -> list[Task]:
        """`list_tasks`."""

    def get(self, task_id: int) -> Task:
        """`get_task`."""

    def replace(self, task_id: int, title: str, description: str | None, *, etag: str) -> Task:
        """`update_task`."""

    def toggle(self, task_id: int, *, etag: str) -> Task:
        """`toggle_task`."""

    def delete(self, task_id: int, *, etag: str) -> None:
        """`delete_task`."""


def run(connect: Callable[[str, str], Tasks]) -> None:
    """Use the service, and print what was seen."""
    url = os.environ["TASKS_API"]
    tasks = connect(url, os.environ["TOKEN"])
    key = str(uuid.uuid4())

    task = tasks.create("Buy milk", key=key)
    assert task.description is None
    assert tasks.create("Buy milk", key=key) == task
    assert tasks.list() == [task]
    assert tasks.get(task.id) == task
    oats = tasks.replace(task.id, "Buy oats", "Two", etag=task.etag)
    assert (oats.title, oats.description, oats.completed) == ("Buy oats", "Two", False)
    done = tasks.toggle(task.id, etag=oats.etag)
    assert done.completed

    seen = {
        "412": _refusal(lambda: tasks.replace(task.id, "Buy rye", None, etag=task.etag)),
        "422": _refusal(lambda: tasks.create("Buy rye", key=key)),
        "401": _refusal(lambda: connect(url, "no-token").list()),
    }
    tasks.delete(task.id, etag=done.etag)
    seen["404"] = _refusal(lambda: tasks.get(task.id))
    blank = _refusal(lambda: tasks.create(" ", key=str(uuid.uuid4())))
    seen["blank"] = blank if blank[0].isdigit() else "not sent"
    seen["times"] = "text" if isinstance(task.created_at, str) else "datetime"

    later = connect(os.environ["LATER_API"], "a-token")
    seen["later task"] = _refusal(lambda: later.get(1), otherwise="read")
    seen["later code"] = _refusal(lambda: later.get(2))
    seen["later status"] = _refusal(lambda: later.get(3))
    seen["proxy"] = _refusal(lambda: later.get(4))
    print(json.dumps(seen))  # noqa: T201


def _refusal(call: Callable[[], object], otherwise: str = "") -> str:
    try:
        call()
    except Refused as refused:
        return refused.told
    except Exception as error:  # noqa: BLE001  What a client raises instead is part of the table.
        return type(error).__name__
    assert otherwise, "this was not refused"
    return otherwise
