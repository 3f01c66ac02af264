"""The six operations, with the client of openapi-generator's `python`."""

from collections.abc import Callable
from typing import TypeVar

import scenario
from tasks_client import ApiClient, ApiException, Configuration, Task, TaskInput, TasksApi
from tasks_client.models.error_envelope import ErrorEnvelope

Answer = TypeVar("Answer")


class Tasks:
    """The service, for one user."""

    def __init__(self, url: str, token: str) -> None:
        self._api = TasksApi(ApiClient(Configuration(host=url, access_token=token)))

    def create(self, title: str, *, key: str) -> scenario.Task:
        """`create_task`."""
        task = TaskInput(title=title)
        return _task(_answer(lambda: self._api.create_task(task, idempotency_key=key)).data)

    def list(self) -> list[scenario.Task]:
        """`list_tasks`."""
        return [_task(task) for task in _answer(self._api.list_tasks).data]

    def get(self, task_id: int) -> scenario.Task:
        """`get_task`."""
        return _task(_answer(lambda: self._api.get_task(task_id)).data)

    def replace(
        self, task_id: int, title: str, description: str | None, *, etag: str
    ) -> scenario.Task:
        """`update_task`."""
        task = TaskInput(title=title, description=description)
        return _task(_answer(lambda: self._api.update_task(task_id, task, if_match=etag)).data)

    def toggle(self, task_id: int, *, etag: str) -> scenario.Task:
        """`toggle_task`."""
        return _task(_answer(lambda: self._api.toggle_task(task_id, if_match=etag)).data)

    def delete(self, task_id: int, *, etag: str) -> None:
        """`delete_task`."""
        _answer(lambda: self._api.delete_task(task_id, if_match=etag))


def _answer(call: Callable[[], Answer]) -> Answer:
    try:
        return call()
    except ApiException as error:
        # Some exceptions are for one status, but what they carry has the type Any.
        if not isinstance(error.data, ErrorEnvelope):
            raise scenario.Refused(error.status) from error
        failure = error.data.error
        fields = [detail.var_field for detail in failure.details or []]
        raise scenario.Refused(error.status, failure.code, fields) from error


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
