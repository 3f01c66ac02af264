import { useCallback } from "react";

import { requiresSignIn } from "./api-error";
import { deletedElsewhereMessage, failureMessage, isShownInForm, successMessage } from "./change-messages";
import { ConflictError } from "./conflict-error";
import { notify } from "./notifications";
import type { TaskChange } from "./task-change";
import { useTaskMutation } from "./use-tasks";

/** Makes a change and notifies the user of the outcome. The promise rejects when the change fails. */
export type ChangeTask = (change: TaskChange) => Promise<void>;

/** Passes conflicts to `addConflict`. The returned function is stable as long as `addConflict` is. */
export function useChangeTask(addConflict: (conflict: ConflictError) => void): ChangeTask {
  const save = useTaskMutation();
  return useCallback(
    async (change) => {
      try {
        const task = await save(change);
        if (task || change.kind === "delete") notify("success", successMessage(change));
        else notify("error", deletedElsewhereMessage(change));
      } catch (error) {
        if (error instanceof ConflictError) addConflict(error);
        // The form of a new task shows its errors itself, when it restores the draft.
        else if (change.kind !== "add" && !isShownInForm(error)) notifyFailure(change, error);
        throw error;
      }
    },
    [save, addConflict],
  );
}

export function notifyFailure(change: TaskChange, error: unknown): void {
  // When the user has to sign in again, another page is about to load.
  if (!requiresSignIn(error)) notify("error", failureMessage(change, error));
}
