import { toApiError, unwrap, type Api } from "./api";
import { ConflictError } from "./conflict-error";
import type { Task } from "./task";
import { isApplied, isConflict, type TaskChange } from "./task-change";

const MAX_ATTEMPTS = 5;

/**
 * Saves a change with the service and returns the task as it is then, or null if it is deleted.
 *
 * `cached` is the newest known version of the task, which may be newer than the one in the change.
 *
 * @throws ConflictError if the same text was changed elsewhere, ApiError if the service rejects the change.
 */
export async function saveChange(
  api: Api,
  change: TaskChange,
  cached: Task | undefined,
): Promise<Task | null> {
  if (change.kind === "add") return addTask(api, change);

  let current = cached ?? change.task;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    // This is also true when an earlier request was successful and only its response was lost.
    if (isApplied(change, current)) return current;
    if (isConflict(change, current)) throw new ConflictError(change, current);

    const { data, error, response } = await sendRequest(api, change, current.etag);
    if (response.ok) return data?.data ?? null;
    if (response.status === 404) return handleDeleted(change);
    if (response.status !== 412) throw toApiError({ error, response });

    const fetched = await fetchTask(api, change.task.id);
    if (!fetched) return handleDeleted(change);
    current = fetched;
  }
  throw new Error("The task keeps changing; please try again");
}

async function addTask(api: Api, { key, input }: Extract<TaskChange, { kind: "add" }>): Promise<Task> {
  const header = { "Idempotency-Key": key };
  return unwrap(await api.POST("/api/tasks", { params: { header }, body: input })).data;
}

async function sendRequest(api: Api, change: Exclude<TaskChange, { kind: "add" }>, version: string) {
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
  const result = await api.GET("/api/tasks/{id}", { params: { path: { id } } });
  return result.response.status === 404 ? null : unwrap(result).data;
}

/** An edit of a deleted task is a conflict, so that its text is not lost. Other changes are obsolete. */
function handleDeleted(change: TaskChange): null {
  if (change.kind === "edit") throw new ConflictError(change, null);
  return null;
}
