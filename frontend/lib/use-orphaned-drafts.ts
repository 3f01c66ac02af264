import { useEffect } from "react";

import { ConflictError } from "./conflict-error";
import { editDraftKey, readEditDrafts, removeDraft, type EditDraft } from "./draft-storage";
import { hasSameText, toTaskInput, type Task } from "./task";
import type { TaskChange } from "./task-change";

/**
 * Raises a conflict for words whose task was deleted elsewhere, while they were typed or before a
 * reload. Those that are on their way already get theirs as the answer.
 */
export function useOrphanedDrafts(
  known: readonly Task[] | undefined,
  changes: readonly TaskChange[],
  raiseOnce: (conflict: ConflictError) => void,
): void {
  useEffect(() => {
    if (!known) return;
    const underway = changes.filter((change) => change.kind !== "add").map(({ task }) => task.id);
    for (const draft of readEditDrafts()) {
      const { id } = draft.task;
      const isOrphan = !underway.includes(id) && !known.some((task) => task.id === id);
      if (isOrphan) raiseFor(draft, raiseOnce);
    }
  }, [known, changes, raiseOnce]);
}

function raiseFor(draft: EditDraft, raiseOnce: (conflict: ConflictError) => void): void {
  const { task } = draft;
  const input = toTaskInput(draft);
  if (hasSameText(input, task)) removeDraft(editDraftKey(task));
  else raiseOnce(new ConflictError({ kind: "edit", task, input }, null));
}
