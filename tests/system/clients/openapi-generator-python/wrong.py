"""What the type checker has to refuse."""

from tasks_client import ApiException, TaskInput, TasksApi
from tasks_client.models.error_envelope import ErrorEnvelope

api = TasksApi()
api.create_task(TaskInput(title=5))  # wrong: a number as title
api.create_task(TaskInput())  # wrong: no title
api.create_task(TaskInput(title="Buy milk", titel="Buy oats"))  # wrong: an unknown property
api.create_task(TaskInput(title="Buy milk"), idempotency_kye="1")  # wrong: a misspelt header
api.get_task("one")  # wrong: text as id
api.get_task(1).data.titel  # wrong: an unknown property of a task
error = ApiException()
if isinstance(error.data, ErrorEnvelope):
    error.data.error.status  # wrong: an unknown property of an error
