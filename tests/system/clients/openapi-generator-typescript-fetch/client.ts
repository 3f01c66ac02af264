import {
  Configuration,
  ErrorEnvelopeFromJSON,
  ResponseError,
  TasksApi,
  type ErrorEnvelope,
  type Task as Generated,
} from "./generated";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: Generated): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.createdAt,
});

/** The error has the response; a generated function types its body. */
async function refused(error: unknown): Promise<never> {
  if (!(error instanceof ResponseError)) throw error;
  const json: unknown = await error.response.json().catch(() => undefined);
  const body: ErrorEnvelope | undefined = json === undefined ? undefined : ErrorEnvelopeFromJSON(json);
  throw new Refused(error.response.status, body?.error);
}

function connect(url: string, token: string): Tasks {
  const api = new TasksApi(new Configuration({ basePath: url, accessToken: token }));
  return {
    create: async (taskInput, idempotencyKey) =>
      taskOf((await api.createTask({ taskInput, idempotencyKey }).catch(refused)).data),
    list: async () => (await api.listTasks().catch(refused)).data.map(taskOf),
    get: async (id) => taskOf((await api.getTask({ id }).catch(refused)).data),
    replace: async (id, taskInput, ifMatch) =>
      taskOf((await api.updateTask({ id, taskInput, ifMatch }).catch(refused)).data),
    toggle: async (id, ifMatch) => taskOf((await api.toggleTask({ id, ifMatch }).catch(refused)).data),
    remove: async (id, ifMatch) => api.deleteTask({ id, ifMatch }).catch(refused),
  };
}

run(connect);
