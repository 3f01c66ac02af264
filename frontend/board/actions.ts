import { quoted } from "@/tasks/messages";
import { createKey, type Task } from "@/tasks/task";
import { holdForUndo, offerUndo } from "@/undo/undo";

import type { Make } from "./use-board";

/** Takes effect at once, and is sent after the time to undo it. */
export function deleteTasks(make: Make, tasks: readonly Task[]): void {
  const key = createKey();
  const [task] = tasks;
  if (!task) return;
  holdForUndo(key, tasks.length === 1 ? `${quoted(task.title)} deleted` : `${tasks.length} tasks deleted`);
  make({ kind: "delete", key, tasks });
}

export function completeTask(make: Make, task: Task, completed: boolean): void {
  const key = createKey();
  make({ kind: "complete", key, task, completed });
  offerUndo(key, () => make({ kind: "complete", key: createKey(), task, completed: !completed }));
}
