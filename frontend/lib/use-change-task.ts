import { useCallback } from "react";

import { requiresSignIn } from "./api-error";
import { deletedElsewhereMessage, failureMessage, hasOnlyFieldErrors, successMessage } from "./change-messages";
import { ConflictError } from "./conflict-error";
import { notify } from "./notifications";
import type { TaskChange } from "./task-change";
import { useTaskMutation } from "./use-tasks";

/** Makes a change and tells the user how it went; rejects where it failed. */
export type Attempt = (change: TaskChange) => Promise<void>;

/** `Attempt`, which hands over the conflicts. It stays the same for as long as `raise` does. */
export function useAttempt(raise: (conflict: ConflictError) => void): Attempt {
  const change = useTaskMutation();
  return useCallback(
    async (wanted) => {
      try {
        const task = await change(wanted);
        if (task || wanted.kind === "delete") notify("success", successMessage(wanted));
        else notify("error", deletedElsewhereMessage(wanted));
      } catch (error) {
        if (error instanceof ConflictError) raise(error);
        // Where the words of a new task are given back is where it is said why.
        else if (wanted.kind !== "add" && !hasOnlyFieldErrors(error)) sayWhy(wanted, error);
        throw error;
      }
    },
    [change, raise],
  );
}

export function sayWhy(change: TaskChange, error: unknown): void {
  // Else the page is about to be left.
  if (!requiresSignIn(error)) notify("error", failureMessage(change, error));
}
