import { Api, type ErrorEnvelope, type HttpResponse, type Task as Generated } from "./generated/api";
import { Refused, run, type Task, type Tasks } from "../scenario";

const taskOf = (task: Generated): Task => ({
  id: task.id,
  title: task.title,
  description: task.description,
  completed: task.completed,
  etag: task.etag,
  createdAt: task.created_at,
});

/** The whole response is thrown, as any value: the caller names the type of its `error`. */
function refused(thrown: unknown): never {
  if (!(thrown instanceof Response)) throw thrown;
  const { status, error } = thrown as HttpResponse<unknown, ErrorEnvelope>;
  throw new Refused(status, error?.error);
}

const bodyOf = <Body>(answer: Promise<HttpResponse<Body, ErrorEnvelope>>) =>
  answer.then((response) => response.data, refused);

function connect(url: string, token: string): Tasks {
  // Without `format`, no body is read: it is not generated for answers that are in `components`.
  const { api } = new Api({
    baseUrl: url,
    baseApiParams: { format: "json", headers: { Authorization: `Bearer ${token}` } },
  });
  return {
    create: async (input, key) =>
      taskOf((await bodyOf(api.createTask(input, { headers: { "Idempotency-Key": key } }))).data),
    list: async () => (await bodyOf(api.listTasks())).data.map(taskOf),
    get: async (id) => taskOf((await bodyOf(api.getTask(id))).data),
    replace: async (id, input, ifMatch) =>
      taskOf((await bodyOf(api.updateTask(id, input, { headers: { "If-Match": ifMatch } }))).data),
    toggle: async (id, ifMatch) => taskOf((await bodyOf(api.toggleTask(id, { headers: { "If-Match": ifMatch } }))).data),
    remove: async (id, ifMatch) => {
      await bodyOf(api.deleteTask(id, { headers: { "If-Match": ifMatch }, format: undefined }));
    },
  };
}

run(connect);
