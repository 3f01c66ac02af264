import { createClient, createConfig } from "./generated/client";
import * as api from "./generated/sdk.gen";
import type { Task as Generated } from "./generated/types.gen";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: Generated): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

type Answer<Data, Failure> = { data?: Data; error?: Failure; response?: Response };
type Failure = { error: { code: string; message: string; details?: { field: string; message: string }[] } };

/** What is wrong is returned beside what is right, and both are typed. */
function dataOf<Data>({ data, error, response }: Answer<Data, Failure | void>): Data {
  if (response?.ok) return data as Data;
  // A body that is not JSON is a string here, whatever the type says.
  throw new Refused(response?.status ?? 0, typeof error === "object" ? error.error : undefined);
}

function connect(url: string, token: string): Tasks {
  const client = createClient(createConfig({ baseUrl: url, auth: token }));
  return {
    create: async (body, key) =>
      taskOf(dataOf(await api.createTask({ client, body, headers: { "Idempotency-Key": key } })).data),
    list: async () => dataOf(await api.listTasks({ client })).data.map(taskOf),
    get: async (id) => taskOf(dataOf(await api.getTask({ client, path: { id } })).data),
    replace: async (id, body, ifMatch) =>
      taskOf(dataOf(await api.updateTask({ client, path: { id }, body, headers: { "If-Match": ifMatch } })).data),
    toggle: async (id, ifMatch) =>
      taskOf(dataOf(await api.toggleTask({ client, path: { id }, headers: { "If-Match": ifMatch } })).data),
    remove: async (id, ifMatch) => {
      dataOf(await api.deleteTask({ client, path: { id }, headers: { "If-Match": ifMatch } }));
    },
  };
}

run(connect);
