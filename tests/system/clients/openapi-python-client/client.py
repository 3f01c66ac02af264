"""The six operations, with the client of openapi-python-client."""

from typing import TypeVar

import scenario
from tasks_client import AuthenticatedClient
from tasks_client.api.tasks import (
    create_task,
    delete_task,
    get_task,
    list_tasks,
    toggle_task,
    update_task,
)
from tasks_client.models import ErrorEnvelope, Task, TaskInput
from tasks_client.types import UNSET, Response

Answer = TypeVar("Answer")


class Tasks:
    """The service, for one user."""

    def __init__(self, url: str, token: str) -> None:
        self._client = AuthenticatedClient(base_url=url, token=token)

    def create(self, title: str, *, key: str) -> scenario.Task:
        """`create_task`."""
        task = TaskInput(title=title)
        answer = create_task.sync_detailed(client=self._client, body=task, idempotency_key=key)
        return _task(_answer(answer).data)

    def list(self) -> list[scenario.Task]:
        """`list_tasks`."""
        answer = _answer(list_tasks.sync_detailed(client=self._client))
        return [_task(task) for task in answer.data]

    def get(self, task_id: int) -> scenario.Task:
        """`get_task`."""
        return _task(_answer(get_task.sync_detailed(task_id, client=self._client)).data)

    def replace(
        self, task_id: int, title: str, description: str | None, *, etag: str
    ) -> scenario.Task:
        """`update_task`."""
        task = TaskInput(title=title, description=description)
        answer = update_task.sync_detailed(task_id, client=self._client, body=task, if_match=etag)
        return _task(_answer(answer).data)

    def toggle(self, task_id: int, *, etag: str) -> scenario.Task:
        """`toggle_task`."""
        answer = toggle_task.sync_detailed(task_id, client=self._client, if_match=etag)
        return _task(_answer(answer).data)

    def delete(self, task_id: int, *, etag: str) -> None:
        """`delete_task`."""
        answer = delete_task.sync_detailed(task_id, client=self._client, if_match=etag)
        if isinstance(answer.parsed, ErrorEnvelope):
            _answer(answer)


def _answer(response: Response[Answer | ErrorEnvelope]) -> Answer:
    """Nothing is raised: the type of what was read says which it is."""
    parsed = response.parsed
    if isinstance(parsed, ErrorEnvelope):
        details = parsed.error.details
        fields = [] if details is UNSET or not details else [detail.field for detail in details]
        raise scenario.Refused(response.status_code, parsed.error.code, fields)
    if parsed is None:
        raise scenario.Refused(response.status_code)
    return parsed


def _task(task: Task) -> scenario.Task:
    return scenario.Task(
        id=task.id,
        title=task.title,
        description=task.description,
        completed=task.completed,
        etag=task.etag,
        created_at=task.created_at,
    )


if __name__ == "__main__":
    scenario.run(Tasks)
