"""What the type checker has to refuse."""

from tasks_client import Client
from tasks_client.api.tasks import create_task, get_task
from tasks_client.models import ErrorEnvelope, TaskEnvelope, TaskInput

client = Client(base_url="http://localhost")
create_task.sync(client=client, body=TaskInput(title=5))  # wrong: a number as title
create_task.sync(client=client, body=TaskInput())  # wrong: no title
TaskInput(title="Buy milk", titel="Buy oats")  # wrong: an unknown property
task = TaskInput(title="Buy milk")
create_task.sync(client=client, body=task, idempotency_kye="1")  # wrong: a misspelt header
get_task.sync("one", client=client)  # wrong: text as id
answer = get_task.sync(1, client=client)
if isinstance(answer, TaskEnvelope):
    answer.data.titel  # wrong: an unknown property of a task
if isinstance(answer, ErrorEnvelope):
    answer.error.status  # wrong: an unknown property of an error
