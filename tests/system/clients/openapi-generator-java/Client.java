import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tasks.client.ApiClient;
import tasks.client.ApiException;
import tasks.client.api.TasksApi;
import tasks.client.api.TasksApi.APICreateTaskRequest;
import tasks.client.api.TasksApi.APIDeleteTaskRequest;
import tasks.client.api.TasksApi.APIGetTaskRequest;
import tasks.client.api.TasksApi.APIToggleTaskRequest;
import tasks.client.api.TasksApi.APIUpdateTaskRequest;
import tasks.client.api.TasksApi.APIListTasksRequest;
import tasks.client.model.ErrorEnvelope;
import tasks.client.model.Task;
import tasks.client.model.TaskInput;
import tasks.client.model.Violation;

/** The six operations, with the client of openapi-generator's `java`, on the HTTP client of the JDK. */
public class Client {
  interface Call {
    Object answer() throws ApiException;
  }

  private final ApiClient client = new ApiClient();
  private final TasksApi api;

  Client(String url, String token) {
    client.updateBaseUri(url);
    // A bearer token is not generated for this library.
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    api = new TasksApi(client);
  }

  private Task create(TaskInput input, String key) throws ApiException {
    return api.createTask(APICreateTaskRequest.newBuilder().taskInput(input).idempotencyKey(key).build()).getData();
  }

  private List<Task> list() throws ApiException {
    return api.listTasks(APIListTasksRequest.newBuilder().build()).getData();
  }

  private Task get(long id) throws ApiException {
    return api.getTask(APIGetTaskRequest.newBuilder().id(id).build()).getData();
  }

  private Task replace(long id, TaskInput input, String etag) throws ApiException {
    return api.updateTask(APIUpdateTaskRequest.newBuilder().id(id).taskInput(input).ifMatch(etag).build()).getData();
  }

  private Task toggle(long id, String etag) throws ApiException {
    return api.toggleTask(APIToggleTaskRequest.newBuilder().id(id).ifMatch(etag).build()).getData();
  }

  private void delete(long id, String etag) throws ApiException {
    api.deleteTask(APIDeleteTaskRequest.newBuilder().id(id).ifMatch(etag).build());
  }

  public static void main(String[] arguments) throws ApiException, JsonProcessingException {
    String url = System.getenv("TASKS_API");
    Client mine = new Client(url, System.getenv("TOKEN"));
    String key = UUID.randomUUID().toString();
    TaskInput milk = new TaskInput().title("Buy milk");
    TaskInput rye = new TaskInput().title("Buy rye");

    Task task = mine.create(milk, key);
    check(task.getDescription() == null, "the description is null");
    check(mine.create(milk, key).equals(task), "a key creates one task");
    check(mine.list().equals(List.of(task)), "the list has the task");
    check(mine.get(task.getId()).equals(task), "the task can be read");
    TaskInput two = new TaskInput().title("Buy oats").description("Two");
    Task oats = mine.replace(task.getId(), two, task.getEtag());
    check(oats.getTitle().equals("Buy oats") && Objects.equals(oats.getDescription(), "Two"), "it is replaced");
    Task done = mine.toggle(task.getId(), oats.getEtag());
    check(done.getCompleted(), "the task is completed");

    Map<String, String> seen = new LinkedHashMap<>();
    seen.put("412", mine.told(() -> mine.replace(task.getId(), rye, task.getEtag())));
    seen.put("422", mine.told(() -> mine.create(rye, key)));
    seen.put("401", mine.told(() -> new Client(url, "no-token").list()));
    mine.delete(task.getId(), done.getEtag());
    seen.put("404", mine.told(() -> mine.get(task.getId())));
    TaskInput blank = new TaskInput().title(" ");
    seen.put("blank", mine.told(() -> mine.create(blank, UUID.randomUUID().toString())));
    seen.put("times", task.getCreatedAt().getClass().getSimpleName());

    Client later = new Client(System.getenv("LATER_API"), "a-token");
    seen.put("later task", mine.told(() -> later.get(1)));
    seen.put("later code", mine.told(() -> later.get(2)));
    seen.put("later status", mine.told(() -> later.get(3)));
    seen.put("proxy", mine.told(() -> later.get(4)));
    System.out.println(mine.client.getObjectMapper().writeValueAsString(seen));
  }

  private String told(Call call) {
    try {
      call.answer();
      return "read";
    } catch (ApiException error) {
      StringBuilder told = new StringBuilder().append(error.getCode());
      try {
        // The exception has the body as text.
        ErrorEnvelope body = client.getObjectMapper().readValue(error.getResponseBody(), ErrorEnvelope.class);
        told.append(" ").append(body.getError().getCode());
        if (body.getError().getDetails() != null) {
          for (Violation violation : body.getError().getDetails()) {
            told.append(" ").append(violation.getField());
          }
        }
      } catch (JsonProcessingException notJson) {
        // A proxy has answered.
      }
      return told.toString();
    }
  }

  private static void check(boolean held, String what) {
    if (!held) {
      throw new AssertionError("this does not hold: " + what);
    }
  }
}
