import { ApiError } from "./api-error";
import { quoted } from "./quoted";
import type { TaskChange } from "./task-change";

const FIELDS = ["title", "description"];
const DONE = { add: "added", edit: "changed", complete: "completed", delete: "deleted" } as const;

export function success(change: TaskChange): string {
  return `${quoted(titleOf(change))} ${outcome(change)}`;
}

export function failure(change: TaskChange, error: unknown): string {
  return `${quoted(titleOf(change))} was not ${outcome(change)}: ${reasonOf(error)}`;
}

/** Of a task that is not there any more. */
export function vanished(change: TaskChange): string {
  return `${quoted(titleOf(change))} was deleted elsewhere`;
}

/** In the contract's words, where they are its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof ApiError) return (error.details[0] ?? error).message;
  return error instanceof Error ? error.message : String(error);
}

/** Whether the fields of a form, where there is one, say all that is wrong. */
export function isAtFields(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.details.length > 0 &&
    error.details.every(({ field }) => FIELDS.includes(field))
  );
}

function outcome(change: TaskChange): string {
  return change.kind === "complete" && !change.completed ? "reopened" : DONE[change.kind];
}

function titleOf(change: TaskChange): string {
  return change.kind === "add" ? change.input.title : change.task.title;
}
