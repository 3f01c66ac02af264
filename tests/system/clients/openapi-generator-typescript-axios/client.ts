import { isAxiosError, type AxiosResponse } from "axios";
import { Configuration, TasksApi, type ErrorEnvelope, type Task as Generated } from "./generated";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: Generated): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

/** Axios throws; the caller names the type of the body. */
function refused(error: unknown): never {
  if (!isAxiosError<ErrorEnvelope>(error) || !error.response) throw error;
  const { data, status } = error.response;
  // A body that is not JSON is a string here, whatever the type says.
  throw new Refused(status, typeof data === "object" ? data.error : undefined);
}

const bodyOf = <Body>(answer: Promise<AxiosResponse<Body>>) => answer.then((response) => response.data, refused);

function connect(url: string, token: string): Tasks {
  const api = new TasksApi(new Configuration({ basePath: url, accessToken: token }));
  return {
    create: async (taskInput, idempotencyKey) => taskOf((await bodyOf(api.createTask({ taskInput, idempotencyKey }))).data),
    list: async () => (await bodyOf(api.listTasks())).data.map(taskOf),
    get: async (id) => taskOf((await bodyOf(api.getTask({ id }))).data),
    replace: async (id, taskInput, ifMatch) => taskOf((await bodyOf(api.updateTask({ id, taskInput, ifMatch }))).data),
    toggle: async (id, ifMatch) => taskOf((await bodyOf(api.toggleTask({ id, ifMatch }))).data),
    remove: async (id, ifMatch) => bodyOf(api.deleteTask({ id, ifMatch })),
  };
}

run(connect);
