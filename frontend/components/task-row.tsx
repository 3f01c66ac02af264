"use client";

import { memo, useRef, useState } from "react";

import { DeleteDialog } from "@/components/delete-dialog";
import { TrashIcon } from "@/components/icons";
import { TaskCheckbox } from "@/components/task-checkbox";
import { TaskEditor, type Editing } from "@/components/task-editor";
import { TaskText } from "@/components/task-text";
import { ApiError } from "@/lib/api-error";
import { ConflictError } from "@/lib/conflict-error";
import { editDraftKey, readDraft, removeDraft, removeSavedEdit, toDraft } from "@/lib/draft-storage";
import type { OptimisticTask } from "@/lib/optimistic-tasks";
import { hasSameText, toTaskInput, type TaskInput } from "@/lib/task";
import type { Attempt } from "@/lib/use-change-task";

interface TaskRowProps {
  task: OptimisticTask;
  attempt: Attempt;
}

export const TaskRow = memo(function TaskRow({ task, attempt }: TaskRowProps) {
  const [editing, setEditing] = useState(() => interruptedEditing(task));
  const [deleting, setDeleting] = useState(false);
  const comesBackRef = useRef(false);
  const rowRef = useRef<HTMLLIElement>(null);
  const unborn = task.id === 0;
  // The others come with the list, and ten thousand that fade in are slow.
  const [fadesIn] = useState(unborn);

  function close() {
    comesBackRef.current = true;
    setEditing(null);
  }

  async function save(input: TaskInput, { task: base, draft }: Editing) {
    close();
    if (hasSameText(input, base)) return removeDraft(editDraftKey(task));
    try {
      await attempt({ kind: "edit", task: base, input });
      removeSavedEdit(task, input);
    } catch (error) {
      if (error instanceof ConflictError) return;
      const errors = error instanceof ApiError ? error.fieldErrors() : {};
      const again = { draft, errors, takesFocus: !isTyping() };
      // What is being typed by now has the same beginning again.
      setEditing((now) => ({ ...(now ?? again), task: base }));
    }
  }

  function cancel() {
    removeDraft(editDraftKey(task));
    close();
  }

  function remove() {
    // Words that were refused before are not to outlive their task.
    removeDraft(editDraftKey(task));
    void attempt({ kind: "delete", task }).catch(told);
    focusBeside(rowRef.current);
  }

  return (
    <li
      ref={rowRef}
      className={`task-row group relative after:absolute after:inset-x-2.5 after:bottom-0 after:h-px after:bg-line ${fadesIn ? "row" : ""}`}
      aria-busy={task.saving}
      data-task={task.id}
    >
      <div className="flex items-start gap-1 py-2">
        <TaskCheckbox
          task={task}
          disabled={unborn}
          onChange={(completed) => void attempt({ kind: "complete", task, completed }).catch(told)}
        />
        {editing ? (
          <TaskEditor editing={editing} onEdit={setEditing} onSave={save} onCancel={cancel} />
        ) : (
          <>
            <TaskText
              task={task}
              disabled={unborn}
              comesBackRef={comesBackRef}
              onEdit={() => setEditing({ ...(interruptedEditing(task) ?? newEditing(task)), takesFocus: true })}
            />
            <button
              type="button"
              aria-label={`Delete “${task.title}”`}
              disabled={unborn}
              onClick={({ detail }) => detail < 2 && setDeleting(true)}
              className="grid size-11 shrink-0 place-items-center rounded-full text-muted transition hover:bg-danger/10 hover:text-danger focus-visible:opacity-100 lg:[@media(hover:hover)]:opacity-0 lg:[@media(hover:hover)]:group-focus-within:opacity-100 lg:[@media(hover:hover)]:group-hover:opacity-100"
            >
              <TrashIcon />
            </button>
          </>
        )}
      </div>
      {deleting && (
        <DeleteDialog
          title={task.title}
          onClose={() => setDeleting(false)}
          onConfirm={remove}
        />
      )}
    </li>
  );
});

/** `attempt` has told the user already. */
function told(): void {}

function interruptedEditing(task: OptimisticTask): Editing | null {
  const draft = readDraft(editDraftKey(task));
  if (!draft) return null;
  // Where the words have arrived or are on their way, those that follow are no conflict with them.
  const base = hasSameText(toTaskInput(draft), task) ? task : (draft.task ?? task);
  return { task: base, draft, errors: {}, takesFocus: !isTyping() };
}

function newEditing(task: OptimisticTask): Editing {
  return { task, draft: toDraft(task), errors: {}, takesFocus: true };
}

function isTyping(): boolean {
  return document.activeElement?.matches("input:not([type=checkbox]), textarea") ?? false;
}

/** The button that deletes goes away with its row: the keyboard stays where it was in the list. */
function focusBeside(row: HTMLLIElement | null): void {
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  const place = beside?.querySelector("input") ?? document.getElementById("new-title");
  place?.focus();
}
