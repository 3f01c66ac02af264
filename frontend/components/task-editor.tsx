"use client";

import type { FormEvent, KeyboardEvent } from "react";

import { Button } from "@/components/button";
import { TaskFields } from "@/components/task-fields";
import { editDraftKey, storeDraft, type Draft } from "@/lib/draft-storage";
import { toTaskInput, type Task, type TaskInput } from "@/lib/task";

export interface Editing {
  /** The task as it was when the editing began. */
  task: Task;
  draft: Draft;
  /** By field. */
  errors: Record<string, string>;
  /** Whether the keyboard follows: not where it is busy with other words. */
  takesFocus: boolean;
}

interface TaskEditorProps {
  editing: Editing;
  onEdit: (editing: Editing) => void;
  onSave: (input: TaskInput, editing: Editing) => void;
  onCancel: () => void;
}

/** Edits in place: Enter saves, in the description with Ctrl or Cmd; Escape gives up. */
export function TaskEditor({ editing, onEdit, onSave, onCancel }: TaskEditorProps) {
  const { task, draft, errors, takesFocus } = editing;

  function type(typed: Draft) {
    onEdit({ ...editing, draft: typed });
    storeDraft(editDraftKey(task), { ...typed, task });
  }

  function submit(event?: FormEvent) {
    event?.preventDefault();
    onSave(toTaskInput(draft), editing);
  }

  function cancelOnEscape(event: KeyboardEvent) {
    // While characters are composed, Escape is the input method's.
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
        autoFocus={takesFocus}
        onType={type}
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
