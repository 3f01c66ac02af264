import tasks.client.ApiException;
import tasks.client.api.TasksApi;
import tasks.client.api.TasksApi.APICreateTaskRequest;
import tasks.client.api.TasksApi.APIGetTaskRequest;
import tasks.client.model.ErrorEnvelope;
import tasks.client.model.TaskInput;

/** What the compiler has to refuse. */
class Wrong {
  void wrong(TasksApi api, ErrorEnvelope error) throws ApiException {
    new TaskInput().title(5); // wrong: a number as title
    api.createTask(APICreateTaskRequest.newBuilder().taskInput(new TaskInput()).build()); // wrong: no title
    new TaskInput().titel("Buy oats"); // wrong: an unknown property
    APICreateTaskRequest.newBuilder().idempotencyKye("1"); // wrong: a misspelt header
    APIGetTaskRequest.newBuilder().id("one"); // wrong: text as id
    api.getTask(APIGetTaskRequest.newBuilder().id(1L).build()).getData().getTitel(); // wrong: an unknown property of a task
    error.getError().getStatus(); // wrong: an unknown property of an error
  }
}
