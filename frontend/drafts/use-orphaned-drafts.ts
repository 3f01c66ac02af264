import { useEffect } from "react";

import { addConflictIfNew, ConflictError } from "@/conflicts/conflict-error";
import type { Change, Edit } from "@/tasks/change";
import { createKey, hasSameText, isSame, type Task, toTaskInput } from "@/tasks/task";

import { editDraft, editDrafts, readDraft, removeDraft } from "./drafts";

/** Asks what to do with each draft whose task was deleted elsewhere, while the user was typing or before a reload. */
export function useOrphanedDrafts(savedTasks: readonly Task[] | undefined, pending: readonly Change[]): void {
  useEffect(() => {
    for (const { task, ...draft } of savedTasks ? editDrafts() : []) {
      const isPending = pending.some((change) => change.kind === "add" && change.key === task.rowKey);
      if (isPending || savedTasks?.some((each) => isSame(each, task))) continue;
      const input = toTaskInput(draft);
      if (hasSameText(input, task)) removeDraft(editDraft(task));
      else addConflictIfNew(new ConflictError({ kind: "edit", key: createKey(), task, input }, null));
    }
  }, [savedTasks, pending]);
}

/** Removes the draft of an edit that is decided, unless the user has typed more since. */
export function removeSubmittedDraft({ task, input }: Edit): void {
  const draft = readDraft(editDraft(task));
  if (draft && hasSameText(toTaskInput(draft), input)) removeDraft(editDraft(task));
}
