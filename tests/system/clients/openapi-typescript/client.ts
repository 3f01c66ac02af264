import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: components["schemas"]["Task"]): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

type Answer<Data> = { data?: Data; error?: components["schemas"]["ErrorEnvelope"] | undefined; response: Response };

/** What is wrong is returned beside what is right, and both are typed. */
function dataOf<Data>({ data, error, response }: Answer<Data>): Data {
  if (response.ok) return data as Data;
  // A body that is not JSON is a string here, whatever the type says.
  throw new Refused(response.status, typeof error === "object" ? error.error : undefined);
}

function connect(url: string, token: string): Tasks {
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
  return {
    create: async (body, key) =>
      taskOf(dataOf(await client.POST("/api/tasks", { body, params: { header: { "Idempotency-Key": key } } })).data),
    list: async () => dataOf(await client.GET("/api/tasks")).data.map(taskOf),
    get: async (id) => taskOf(dataOf(await client.GET("/api/tasks/{id}", { params: { path: { id } } })).data),
    replace: async (id, body, ifMatch) => {
      const params = { path: { id }, header: { "If-Match": ifMatch } };
      return taskOf(dataOf(await client.PUT("/api/tasks/{id}", { body, params })).data);
    },
    toggle: async (id, ifMatch) => {
      const params = { path: { id }, header: { "If-Match": ifMatch } };
      return taskOf(dataOf(await client.PATCH("/api/tasks/{id}/complete", { params })).data);
    },
    remove: async (id, ifMatch) => {
      const params = { path: { id }, header: { "If-Match": ifMatch } };
      dataOf(await client.DELETE("/api/tasks/{id}", { params }));
    },
  };
}

run(connect);
