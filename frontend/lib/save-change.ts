import { toApiError, unwrap, type Api } from "./api";
import { ConflictError } from "./conflict-error";
import { entityTag, type Task } from "./task";
import { isConflict, isDone, type TaskChange } from "./task-change";

const MOST_TRIES = 5;

/**
 * Asks the service for a change, and returns the task as it is then; null where it is gone.
 *
 * `latest` is the task as it was last seen: it may have changed since the user began.
 *
 * @throws ConflictError where somebody else has changed the same, ApiError where it is refused.
 */
export async function sendChange(
  api: Api,
  change: TaskChange,
  latest: Task | undefined,
): Promise<Task | null> {
  if (change.kind === "add") return add(api, change);

  let known = latest ?? change.task;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    // Also where the first try of a request was done, and only its answer was lost.
    if (isDone(change, known)) return known;
    if (isConflict(change, known)) throw new ConflictError(change, known);

    const { data, error, response } = await request(api, change, entityTag(known));
    if (response.ok) return data?.data ?? null;
    if (response.status === 404) return gone(change);
    if (response.status !== 412) throw toApiError({ error, response });

    const current = await fetchTask(api, change.task.id);
    if (!current) return gone(change);
    known = current;
  }
  throw new Error("The task keeps changing; please try again");
}

async function add(api: Api, { key, input }: Extract<TaskChange, { kind: "add" }>): Promise<Task> {
  const header = { "Idempotency-Key": key };
  return unwrap(await api.POST("/api/tasks", { params: { header }, body: input })).data;
}

async function request(api: Api, change: Exclude<TaskChange, { kind: "add" }>, version: string) {
  const params = { path: { id: change.task.id }, header: { "If-Match": version } };
  switch (change.kind) {
    case "edit":
      return api.PUT("/api/tasks/{id}", { params, body: change.input });
    case "complete":
      return api.PATCH("/api/tasks/{id}/complete", { params });
    case "delete": {
      const { error, response } = await api.DELETE("/api/tasks/{id}", { params });
      return { data: undefined, error, response };
    }
  }
}

async function fetchTask(api: Api, id: number): Promise<Task | null> {
  const answer = await api.GET("/api/tasks/{id}", { params: { path: { id } } });
  return answer.response.status === 404 ? null : unwrap(answer).data;
}

/** Nothing is left to complete or delete; words that were typed are not thrown away with it. */
function gone(change: TaskChange): null {
  if (change.kind === "edit") throw new ConflictError(change, null);
  return null;
}

