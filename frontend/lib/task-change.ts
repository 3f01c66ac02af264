import { hasSameText, type Task, type TaskInput } from "./task";

/** What a user can do with tasks. */
export type TaskChange =
  | { kind: "add"; key: string; input: TaskInput }
  | { kind: "edit"; task: Task; input: TaskInput }
  | { kind: "complete"; task: Task; completed: boolean }
  | { kind: "delete"; task: Task };

/** The kinds of changes that can conflict with a change that was made elsewhere. */
export type ConflictingChange = Extract<TaskChange, { kind: "edit" | "delete" }>;

/** Tells whether the task already is as the change would make it. */
export function isApplied(change: TaskChange, current: Task): boolean {
  if (change.kind === "edit") return hasSameText(change.input, current);
  return change.kind === "complete" && change.completed === current.completed;
}

/** Tells whether the text of the task has changed since the user began to edit or delete it. */
export function isConflict(change: TaskChange, current: Task): change is ConflictingChange {
  // Completing a task never conflicts, because it does not depend on the text.
  return (change.kind === "edit" || change.kind === "delete") && !hasSameText(change.task, current);
}
