import { type Api, unwrap } from "@/tasks/api";
import { ApiError } from "@/tasks/api-error";
import type { Change, Send } from "@/tasks/change";
import { hasSameText, type Task } from "@/tasks/task";
import { simpleSource } from "@/tasks/tasks";

import { ConflictError, type ConflictingChange } from "./conflict-error";

const MAX_ATTEMPTS = 5;
/** How many deletions are sent at once, when completed tasks are cleared. */
const LANES = 6;

type SingleChange = ConflictingChange | Extract<Change, { kind: "complete" }>;

/** What was to be changed was never saved, and so there is nothing to change. */
export class ObsoleteError extends Error {}

/**
 * Sends each change with `If-Match`, so that it never overwrites what was written elsewhere. `latest`
 * returns the newest known version of a task.
 *
 * @throws ConflictError if the same text was changed elsewhere, ApiError if the service rejects the change.
 */
export function sendWithVersions(api: Api, latest: (task: Task) => Task | undefined): Send {
  const { send } = simpleSource(api);
  const newest = (task: Task) => {
    const shown = latest(task);
    // What the user has chosen to overwrite may be newer than what is shown.
    return shown && (task.id === 0 || shown.updated_at >= task.updated_at) ? shown : task;
  };
  return async (change) => {
    if (change.kind === "add") return send(change);
    if (change.kind !== "delete") return save(api, change, newest(change.task));
    const [task, ...others] = change.tasks;
    if (!task) return null;
    if (others.length === 0) return save(api, { ...change, task }, newest(task));
    return clear(api, change.tasks.map(newest));
  };
}

async function save(api: Api, change: SingleChange, start: Task): Promise<Task | null> {
  if (start.id === 0) throw new ObsoleteError("The task was not added");
  let current = start;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    // This is also true when an earlier request was successful and only its response was lost.
    if (isApplied(change, current)) return current;
    if (isConflict(change, current)) throw new ConflictError(change, current);

    const { data, error, response } = await sendRequest(api, change, current);
    if (response.ok) return data?.data ?? null;
    if (response.status === 404) return handleDeleted(change);
    if (response.status !== 412) throw new ApiError(response.status, error);

    const fetched = await fetchTask(api, current.id);
    if (!fetched) return handleDeleted(change);
    current = fetched;
  }
  throw new Error("The task keeps changing; please try again");
}

/** Deletes the tasks that are still as they were. The others are kept without a question. */
async function clear(api: Api, tasks: readonly Task[]): Promise<null> {
  let kept = 0;
  const lane = async (first: number) => {
    for (let index = first; index < tasks.length; index += LANES) {
      const task = tasks[index];
      if (!task?.id) continue;
      const { error, response } = await sendRequest(api, { kind: "delete", key: "", task }, task);
      if (response.status === 412) kept += 1;
      else if (!response.ok && response.status !== 404) throw new ApiError(response.status, error);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
  if (kept > 0) throw new Error(`${kept} of them had changed elsewhere`);
  return null;
}

async function sendRequest(api: Api, change: SingleChange, { id, etag }: Task) {
  const params = { path: { id }, header: { "If-Match": etag } };
  switch (change.kind) {
    case "edit":
      return api.PUT("/api/tasks/{id}", { params, body: change.input });
    case "complete":
      return api.PATCH("/api/tasks/{id}/complete", { params });
    case "delete":
      return { ...(await api.DELETE("/api/tasks/{id}", { params })), data: undefined };
  }
}

async function fetchTask(api: Api, id: number): Promise<Task | null> {
  const result = await api.GET("/api/tasks/{id}", { params: { path: { id } } });
  return result.response.status === 404 ? null : unwrap(result).data;
}

/** An edit of a deleted task is a conflict, so that its text is not lost. Other changes are obsolete. */
function handleDeleted(change: SingleChange): null {
  if (change.kind === "edit") throw new ConflictError(change, null);
  return null;
}

/** Tells whether the task already is as the change would make it. */
function isApplied(change: SingleChange, current: Task): boolean {
  if (change.kind === "edit") return hasSameText(change.input, current);
  return change.kind === "complete" && change.completed === current.completed;
}

/** Tells whether the text of the task has changed since the user began to edit or delete it. */
function isConflict(change: SingleChange, current: Task): change is ConflictingChange {
  // Completing a task never conflicts, because it does not depend on the text.
  return change.kind !== "complete" && !hasSameText(change.task, current);
}
