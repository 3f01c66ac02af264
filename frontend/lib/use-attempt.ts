import { useState } from "react";

import { ApiError, wantsSignIn } from "./api-error";
import { ConflictError } from "./conflict-error";
import { notify } from "./notices";
import type { TaskChange } from "./task-change";
import { useTaskChange } from "./use-tasks";

const FIELDS = ["title", "description"];
const DONE = { add: "added", edit: "changed", complete: "completed", delete: "deleted" } as const;

/** Makes a change and tells the user how it went; rejects where it failed. */
export type Attempt = (change: TaskChange) => Promise<void>;

/** `Attempt`, and the conflict that waits for the user's decision. */
export function useAttempt() {
  const change = useTaskChange();
  const [conflict, setConflict] = useState<ConflictError | null>(null);

  const attempt: Attempt = async (wanted) => {
    try {
      await change(wanted);
      notify("done", `${quoted(wanted)} ${outcome(wanted)}`);
    } catch (error) {
      if (error instanceof ConflictError) setConflict(error);
      else if (needsWords(error)) notify("failed", failure(wanted, error));
      throw error;
    }
  };
  return { attempt, conflict, settle: () => setConflict(null) };
}

/** Not where a field says what is wrong, nor where the page is about to be left. */
function needsWords(error: unknown): boolean {
  const atFields =
    error instanceof ApiError &&
    error.details.length > 0 &&
    error.details.every(({ field }) => FIELDS.includes(field));
  return !atFields && !wantsSignIn(error);
}

function failure(change: TaskChange, error: unknown): string {
  const reason = error instanceof ApiError ? (error.details[0] ?? error) : (error as Error);
  return `${quoted(change)} was not ${outcome(change)}: ${reason.message}`;
}

function outcome(change: TaskChange): string {
  return change.kind === "complete" && !change.completed ? "reopened" : DONE[change.kind];
}

function quoted(change: TaskChange): string {
  const title = change.kind === "add" ? change.input.title : change.task.title;
  return `“${title.length > 60 ? `${title.slice(0, 60)}…` : title}”`;
}
