import { server } from "./server";
import * as api from "./generated/client";
import * as zod from "./generated/zod";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: api.Task): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

/** Nothing is thrown: the status tells the types of the answers apart. */
function refused(answer: { status: number; data: api.ErrorEnvelope | void }): never {
  throw new Refused(answer.status, answer.data?.error);
}

function connect(url: string, token: string): Tasks {
  const options = () => {
    server.url = url;
    return { headers: { Authorization: `Bearer ${token}` } };
  };
  return {
    create: async (input, key) => {
      const body = zod.CreateTaskBody.parse(input);
      const answer = await api.createTask(body, { "Idempotency-Key": key }, options());
      return answer.status === 201 ? taskOf(zod.CreateTaskResponse.parse(answer.data).data) : refused(answer);
    },
    list: async () => {
      const answer = await api.listTasks(undefined, undefined, options());
      return answer.status === 200 ? zod.ListTasksResponse.parse(answer.data).data.map(taskOf) : refused(answer);
    },
    get: async (id) => {
      const answer = await api.getTask(id, undefined, options());
      return answer.status === 200 ? taskOf(zod.GetTaskResponse.parse(answer.data).data) : refused(answer);
    },
    replace: async (id, input, ifMatch) => {
      const answer = await api.updateTask(id, zod.UpdateTaskBody.parse(input), { "If-Match": ifMatch }, options());
      return answer.status === 200 ? taskOf(zod.UpdateTaskResponse.parse(answer.data).data) : refused(answer);
    },
    toggle: async (id, ifMatch) => {
      const answer = await api.toggleTask(id, { "If-Match": ifMatch }, options());
      return answer.status === 200 ? taskOf(zod.ToggleTaskResponse.parse(answer.data).data) : refused(answer);
    },
    remove: async (id, ifMatch) => {
      const answer = await api.deleteTask(id, { "If-Match": ifMatch }, options());
      if (answer.status !== 204) refused(answer);
    },
  };
}

run(connect);
