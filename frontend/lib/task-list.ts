import { unwrap, type Api } from "./api";
import type { Task } from "./task";

/** The list and its version; no version where a change of ours has been put into it since. */
export interface TaskList {
  tasks: readonly Task[];
  version: string | null;
}

/** Asks for the list, which does not travel again while it is the one that we have. */
export async function fetchList(
  api: Api,
  known: TaskList | undefined,
  signal: AbortSignal,
): Promise<TaskList> {
  const header = known?.version ? { "If-None-Match": known.version } : {};
  const answer = await api.GET("/api/tasks", { params: { header }, signal });
  if (answer.response.status === 304 && known) return known;
  const tasks = sameObjects(unwrap(answer).data, known?.tasks ?? []);
  return { tasks, version: answer.response.headers.get("ETag") };
}

/** The tasks, as the objects that we have of those that are unchanged: their rows are not drawn again. */
function sameObjects(tasks: readonly Task[], known: readonly Task[]): Task[] {
  const byId = new Map(known.map((task) => [task.id, task]));
  return tasks.map((task) => {
    const before = byId.get(task.id);
    // Every change of a task moves its `updated_at` forward.
    return before?.updated_at === task.updated_at ? before : task;
  });
}

/** The list with a task that the service has answered with; without it where it is gone. */
export function withAnswer(list: TaskList, id: number | undefined, task: Task | null): TaskList {
  if (!task) return { tasks: list.tasks.filter((each) => each.id !== id), version: null };
  const known = list.tasks.some((each) => each.id === task.id);
  const tasks = known
    ? list.tasks.map((each) => (each.id === task.id ? task : each))
    : [task, ...list.tasks];
  return { tasks, version: null };
}
