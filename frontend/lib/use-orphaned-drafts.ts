import { useEffect } from "react";

import { ConflictError } from "./conflict-error";
import { editDraftKey, readEditDrafts, removeDraft, type EditDraft } from "./draft-storage";
import { hasSameText, toTaskInput, type Task } from "./task";
import type { TaskChange } from "./task-change";

/**
 * Adds a conflict for each draft whose task was deleted elsewhere, while the user was typing or before
 * a reload. A draft that is being saved is left out: its response tells whether the task is deleted.
 */
export function useOrphanedDrafts(
  savedTasks: readonly Task[] | undefined,
  pendingChanges: readonly TaskChange[],
  addConflictIfNew: (conflict: ConflictError) => void,
): void {
  useEffect(() => {
    if (!savedTasks) return;
    const pendingIds = pendingChanges.filter((change) => change.kind !== "add").map(({ task }) => task.id);
    for (const draft of readEditDrafts()) {
      const { id } = draft.task;
      const isOrphaned = !pendingIds.includes(id) && !savedTasks.some((task) => task.id === id);
      if (isOrphaned) addOrRemove(draft, addConflictIfNew);
    }
  }, [savedTasks, pendingChanges, addConflictIfNew]);
}

/** Removes the draft if the user has not changed anything in it. */
function addOrRemove(draft: EditDraft, addConflictIfNew: (conflict: ConflictError) => void): void {
  const { task } = draft;
  const input = toTaskInput(draft);
  if (hasSameText(input, task)) removeDraft(editDraftKey(task));
  else addConflictIfNew(new ConflictError({ kind: "edit", task, input }, null));
}
