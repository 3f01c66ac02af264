import type { Task, TaskInput } from "./task";
import type { TaskChange } from "./task-change";

/** A task as the list shows it. `saving` is true until the service has saved the pending changes. */
export interface OptimisticTask extends Task {
  saving: boolean;
  /** Stays the same when a new task gets its id, so that React keeps its row. */
  rowKey: string;
}

/** Keeps one object for each task, so that React does not render an unchanged row again. */
const cache = new WeakMap<Task, OptimisticTask>();

/** Returns the tasks as they will be when the service has saved the pending changes. */
export function applyOptimistically(
  tasks: readonly Task[],
  pendingChanges: readonly TaskChange[],
  rowKeys: ReadonlyMap<number, string>,
): OptimisticTask[] {
  return pendingChanges.reduce(applyChange, tasks.map((task) => toOptimisticTask(task, rowKeys)));
}

function toOptimisticTask(task: Task, rowKeys: ReadonlyMap<number, string>): OptimisticTask {
  const cached = cache.get(task);
  if (cached) return cached;
  const created = { ...task, saving: false, rowKey: rowKeys.get(task.id) ?? String(task.id) };
  cache.set(task, created);
  return created;
}

function applyChange(tasks: OptimisticTask[], change: TaskChange): OptimisticTask[] {
  switch (change.kind) {
    case "add":
      return addTask(tasks, change.key, change.input);
    case "delete":
      return tasks.filter(({ id }) => id !== change.task.id);
    case "edit":
      return updateTask(tasks, change.task.id, change.input);
    case "complete":
      return updateTask(tasks, change.task.id, { completed: change.completed });
  }
}

function addTask(tasks: OptimisticTask[], key: string, input: TaskInput): OptimisticTask[] {
  // The service rejects a blank title, so a row for it would only flash.
  if (!input.title.trim() || tasks.some(({ rowKey }) => rowKey === key)) return tasks;
  const now = new Date().toISOString();
  const task: OptimisticTask = {
    id: 0,
    user_id: "",
    title: input.title,
    description: input.description ?? null,
    completed: false,
    created_at: now,
    updated_at: now,
    etag: "",
    saving: true,
    rowKey: key,
  };
  return [task, ...tasks];
}

function updateTask(tasks: OptimisticTask[], id: number, changed: Partial<Task>): OptimisticTask[] {
  return tasks.map((task) => (task.id === id ? { ...task, ...changed, saving: true } : task));
}
