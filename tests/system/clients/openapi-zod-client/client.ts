import { Zodios } from "@zodios/core";
import { isAxiosError } from "axios";
import type { z } from "zod";
import { api, schemas } from "./generated/client";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: z.infer<typeof schemas.Task>): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

function connect(url: string, token: string): Tasks {
  const client = new Zodios(url, api.api, { axiosConfig: { headers: { Authorization: `Bearer ${token}` } } });
  return {
    create: async (input, key) => client.create_task(input, { headers: { "Idempotency-Key": key } }).then(
      ({ data }) => taskOf(data), refused),
    list: async () => client.list_tasks().then(({ data }) => data.map(taskOf), refused),
    get: async (id) => client.get_task({ params: { id } }).then(({ data }) => taskOf(data), refused),
    replace: async (id, input, ifMatch) =>
      client.update_task(input, { params: { id }, headers: { "If-Match": ifMatch } }).then(
        ({ data }) => taskOf(data), refused),
    toggle: async (id, ifMatch) =>
      client.toggle_task(undefined, { params: { id }, headers: { "If-Match": ifMatch } }).then(
        ({ data }) => taskOf(data), refused),
    remove: async (id, ifMatch) => {
      await client.delete_task(undefined, { params: { id }, headers: { "If-Match": ifMatch } }).catch(refused);
    },
  };
}

/** Axios throws; the generated schema of errors types the body. */
function refused(error: unknown): never {
  if (!isAxiosError(error) || !error.response) throw error;
  const body = schemas.ErrorEnvelope.safeParse(error.response.data);
  throw new Refused(error.response.status, body.success ? body.data.error : undefined);
}

run(connect);
