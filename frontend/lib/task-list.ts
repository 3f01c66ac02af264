import { unwrap, type Api } from "./api";
import type { Task } from "./task";

/** The list and its version. The version is null when a change has been put into the list since. */
export interface TaskList {
  tasks: readonly Task[];
  version: string | null;
}

/** Fetches the list. The service sends it only if it differs from `cached`. */
export async function fetchTaskList(
  api: Api,
  cached: TaskList | undefined,
  signal: AbortSignal,
): Promise<TaskList> {
  const header = cached?.version ? { "If-None-Match": cached.version } : {};
  const result = await api.GET("/api/tasks", { params: { header }, signal });
  if (result.response.status === 304 && cached) return cached;
  const tasks = shareUnchanged(unwrap(result).data, cached?.tasks ?? []);
  return { tasks, version: result.response.headers.get("ETag") };
}

/** Reuses the cached objects of unchanged tasks, so that React does not render their rows again. */
function shareUnchanged(tasks: readonly Task[], cached: readonly Task[]): Task[] {
  const cachedById = new Map(cached.map((task) => [task.id, task]));
  return tasks.map((task) => {
    const before = cachedById.get(task.id);
    // Every change of a task moves its `updated_at` forward.
    return before?.updated_at === task.updated_at ? before : task;
  });
}

/** Returns the list with a task that the service has saved, or without it if `task` is null. */
export function withSavedTask(list: TaskList, id: number | undefined, task: Task | null): TaskList {
  if (!task) return { tasks: list.tasks.filter((each) => each.id !== id), version: null };
  const isListed = list.tasks.some((each) => each.id === task.id);
  const tasks = isListed
    ? list.tasks.map((each) => (each.id === task.id ? task : each))
    : [task, ...list.tasks];
  return { tasks, version: null };
}
