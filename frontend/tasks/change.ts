import { isSame, rowKeyOf, type Task, type TaskInput } from "./task";
import { type Addition, applySimply, type Completion, withTask } from "./tasks";

export type Edit = { kind: "edit"; key: string; task: Task; input: TaskInput };
/** Deletes one task, or clears several. */
export type Deletion = { kind: "delete"; key: string; tasks: readonly Task[] };
export type Change = Addition | Completion | Edit | Deletion;

export type Send = (change: Change) => Promise<Task | null>;

/** Returns the tasks as they are with the change. */
export function applyChange(tasks: readonly Task[], change: Change, saved?: Task | null): readonly Task[] {
  switch (change.kind) {
    case "add":
      // The service rejects a blank title, so a row for it would only flash.
      return saved || change.input.title.trim() ? applySimply(tasks, change, saved) : tasks;
    case "complete":
      return applySimply(tasks, change, saved);
    case "edit":
      return withTask(tasks, change.task, saved, change.input);
    case "delete": {
      if (change.tasks.length === 1) return tasks.filter((task) => !isSame(task, change.tasks[0] as Task));
      const deleted = new Set(change.tasks.map(rowKeyOf));
      return tasks.filter((task) => !deleted.has(rowKeyOf(task)));
    }
  }
}

/** The changes of one task are sent in their order, and so are the additions. */
export function queuesOf(change: Change): string[] {
  if (change.kind === "add") return ["new", change.key];
  return change.kind === "delete" ? change.tasks.map(rowKeyOf) : [rowKeyOf(change.task)];
}
