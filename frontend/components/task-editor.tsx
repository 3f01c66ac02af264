"use client";

import type { FormEvent, KeyboardEvent } from "react";

import { Button } from "@/components/button";
import { TaskFields } from "@/components/task-fields";
import { editDraftKey, storeDraft, type Draft } from "@/lib/draft-storage";
import { toTaskInput, type Task, type TaskInput } from "@/lib/task";

export interface EditState {
  /** The task as it was when the user began to edit it. */
  task: Task;
  draft: Draft;
  /** The error messages by field. */
  errors: Record<string, string>;
  /** False while the user is typing somewhere else. */
  autoFocus: boolean;
}

interface TaskEditorProps {
  edit: EditState;
  onChange: (edit: EditState) => void;
  onSave: (input: TaskInput, edit: EditState) => void;
  onCancel: () => void;
}

/** Edits a task in place. Enter saves (Ctrl+Enter or Cmd+Enter in the description), Escape cancels. */
export function TaskEditor({ edit, onChange, onSave, onCancel }: TaskEditorProps) {
  const { task, draft, errors, autoFocus } = edit;

  function updateDraft(typed: Draft) {
    onChange({ ...edit, draft: typed });
    storeDraft(editDraftKey(task), { ...typed, task });
  }

  function submit(event?: FormEvent) {
    event?.preventDefault();
    onSave(toTaskInput(draft), edit);
  }

  function cancelOnEscape(event: KeyboardEvent) {
    // During composition, Escape belongs to the input method.
    if (event.key === "Escape" && !event.nativeEvent.isComposing) onCancel();
  }

  return (
    <form
      onSubmit={submit}
      onKeyDown={cancelOnEscape}
      aria-label={`Edit “${task.title}”`}
      className="min-w-0 grow rounded-2xl border border-edge bg-raised p-1.5"
    >
      <TaskFields
        name={`task-${task.id}`}
        draft={draft}
        errors={errors}
        autoFocus={autoFocus}
        onChange={updateDraft}
        onSubmit={submit}
        actions={
          <>
            <Button variant="plain" onClick={onCancel}>
              Cancel
            </Button>
            <Button type="submit">Save</Button>
          </>
        }
      />
    </form>
  );
}
