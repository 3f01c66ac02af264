import { type FormEvent, type KeyboardEvent, useEffect } from "react";

import { type Draft, editDraft, removeDraft, storeDraft } from "@/drafts/drafts";
import { createKey, hasSameText, rowKeyOf, type Task, toTaskInput } from "@/tasks/task";
import { Button } from "@/ui/button";

import { keepFocus } from "./focus";
import { TaskFields } from "./task-fields";
import type { Make } from "./use-board";

interface TaskEditorProps {
  task: Task;
  draft: Draft;
  make: Make;
}

/** Edits a task in place. Enter saves (Ctrl+Enter or Cmd+Enter in the description), Escape cancels. */
export function TaskEditor({ task, draft, make }: TaskEditorProps) {
  const key = editDraft(task);
  // Conflicts are found by comparing with the task as it was when the user began to edit it.
  const base = draft.task ?? task;
  useEffect(() => () => queueMicrotask(keepFocus), []);

  function save(event?: FormEvent) {
    event?.preventDefault();
    const input = toTaskInput(draft);
    removeDraft(key);
    if (!hasSameText(input, base)) make({ kind: "edit", key: createKey(), task: base, input });
  }

  function cancelOnEscape(event: KeyboardEvent) {
    // During composition, Escape belongs to the input method.
    if (event.key === "Escape" && !event.nativeEvent.isComposing) removeDraft(key);
  }

  return (
    <form
      onSubmit={save}
      onKeyDown={cancelOnEscape}
      aria-label={`Edit “${task.title}”`}
      className="min-w-0 grow rounded-2xl border border-edge bg-raised p-1.5"
    >
      <TaskFields
        name={`task-${rowKeyOf(task)}`}
        draft={draft}
        titleProps={{ autoFocus: !isTyping() }}
        onChange={(typed) => storeDraft(key, { ...typed, task: base })}
        onSubmit={save}
        actions={
          <>
            <Button variant="plain" onClick={() => removeDraft(key)}>
              Cancel
            </Button>
            <Button type="submit">Save</Button>
          </>
        }
      />
    </form>
  );
}

/** An editor that opens by itself, after a reload or a rejected change, does not take the focus from another field. */
function isTyping(): boolean {
  return document.activeElement?.matches("input:not([type=checkbox]), textarea") ?? false;
}
