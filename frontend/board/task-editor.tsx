import { useEffect } from "react";

import { type Draft, editDraft, removeDraft, storeDraft } from "@/drafts/drafts";
import { createKey, hasSameText, rowKeyOf, type Task, toTaskInput } from "@/tasks/task";
import { Button } from "@/ui/button";

import { keepFocus } from "./focus";
import { TaskForm } from "./task-form";
import type { Make } from "./use-board";

/** Edits a task in place. */
export function TaskEditor({ task, draft, make }: { task: Task; draft: Draft; make: Make }) {
  const key = editDraft(task);
  // Conflicts are found by comparing with the task as it was when the user began to edit it.
  const base = draft.task ?? task;
  useEffect(() => () => queueMicrotask(keepFocus), []);

  function save() {
    const input = toTaskInput(draft);
    removeDraft(key);
    if (!hasSameText(input, base)) make({ kind: "edit", key: createKey(), task: base, input });
  }

  return (
    <TaskForm
      label={`Edit “${task.title}”`}
      name={`task-${rowKeyOf(task)}`}
      draft={draft}
      onChange={(typed) => storeDraft(key, { ...typed, task: base })}
      onSubmit={save}
      onCancel={() => removeDraft(key)}
      titleProps={{ autoFocus: !isTyping() }}
      className="min-w-0 grow rounded-2xl border border-edge bg-raised p-1.5"
    >
      <Button variant="plain" onClick={() => removeDraft(key)}>
        Cancel
      </Button>
      <Button type="submit">Save</Button>
    </TaskForm>
  );
}

/** An editor that opens by itself, after a reload or a rejected change, does not take the focus from another field. */
function isTyping(): boolean {
  return document.activeElement?.matches("input:not([type=checkbox]), textarea") ?? false;
}
