"use client";

import { memo, useRef, useState } from "react";

import { DeleteDialog } from "@/components/delete-dialog";
import { TrashIcon } from "@/components/icons";
import { TaskCheckbox } from "@/components/task-checkbox";
import { TaskEditor, type EditState } from "@/components/task-editor";
import { TaskText } from "@/components/task-text";
import { formErrors } from "@/lib/change-messages";
import { ConflictError } from "@/lib/conflict-error";
import { editDraftKey, readDraft, removeDraft, removeSavedEdit, toDraft } from "@/lib/draft-storage";
import type { OptimisticTask } from "@/lib/optimistic-tasks";
import { hasSameText, toTaskInput, type TaskInput } from "@/lib/task";
import type { ChangeTask } from "@/lib/use-change-task";

interface TaskRowProps {
  task: OptimisticTask;
  changeTask: ChangeTask;
}

export const TaskRow = memo(function TaskRow({ task, changeTask }: TaskRowProps) {
  const [edit, setEdit] = useState(() => restoreEdit(task));
  const [isConfirming, setIsConfirming] = useState(false);
  const restoresFocusRef = useRef(false);
  const rowRef = useRef<HTMLLIElement>(null);
  const isNew = task.id === 0; // It gets its id when the service has saved it.
  // Only new tasks fade in: an animation of ten thousand rows would be slow.
  const [fadesIn] = useState(isNew);

  function close() {
    restoresFocusRef.current = true;
    setEdit(null);
  }

  async function save(input: TaskInput, { task: base, draft }: EditState) {
    close();
    if (hasSameText(input, base)) return removeDraft(editDraftKey(task));
    try {
      await changeTask({ kind: "edit", task: base, input });
      removeSavedEdit(task, input);
    } catch (error) {
      if (error instanceof ConflictError) return;
      const errors = formErrors(error);
      const reopened = { draft, errors, autoFocus: !isTyping() };
      // If the user has begun another edit since, it keeps its text but starts from the same version again.
      setEdit((now) => ({ ...(now ?? reopened), errors, task: base }));
    }
  }

  function cancel() {
    removeDraft(editDraftKey(task));
    close();
  }

  function remove() {
    // An earlier edit may have left a draft.
    removeDraft(editDraftKey(task));
    void changeTask({ kind: "delete", task }).catch(noop);
    focusAdjacentRow(rowRef.current);
  }

  return (
    <li
      ref={rowRef}
      className={`task-row group relative after:absolute after:inset-x-2.5 after:bottom-0 after:h-px after:bg-line ${fadesIn ? "fade-in" : ""}`}
      aria-busy={task.saving}
      data-task={task.id}
    >
      <div className="flex items-start gap-1 py-2">
        <TaskCheckbox
          task={task}
          disabled={isNew}
          onChange={(completed) => void changeTask({ kind: "complete", task, completed }).catch(noop)}
        />
        {edit ? (
          <TaskEditor edit={edit} onChange={setEdit} onSave={save} onCancel={cancel} />
        ) : (
          <>
            <TaskText
              task={task}
              disabled={isNew}
              restoresFocusRef={restoresFocusRef}
              onEdit={() => setEdit({ ...(restoreEdit(task) ?? startEdit(task)), autoFocus: true })}
            />
            <button
              type="button"
              aria-label={`Delete “${task.title}”`}
              disabled={isNew}
              onClick={({ detail }) => detail < 2 && setIsConfirming(true)}
              className="grid size-11 shrink-0 place-items-center rounded-full text-muted transition hover:bg-danger/10 hover:text-danger focus-visible:opacity-100 lg:[@media(hover:hover)]:opacity-0 lg:[@media(hover:hover)]:group-focus-within:opacity-100 lg:[@media(hover:hover)]:group-hover:opacity-100"
            >
              <TrashIcon />
            </button>
          </>
        )}
      </div>
      {isConfirming && (
        <DeleteDialog
          title={task.title}
          onClose={() => setIsConfirming(false)}
          onConfirm={remove}
        />
      )}
    </li>
  );
});

/** For errors of `changeTask`, which has already notified the user. */
function noop(): void {}

function restoreEdit(task: OptimisticTask): EditState | null {
  const draft = readDraft(editDraftKey(task));
  if (!draft) return null;
  // If the draft is saved or being saved, later edits start from it and do not conflict with it.
  const base = hasSameText(toTaskInput(draft), task) ? task : (draft.task ?? task);
  return { task: base, draft, errors: {}, autoFocus: !isTyping() };
}

function startEdit(task: OptimisticTask): EditState {
  return { task, draft: toDraft(task), errors: {}, autoFocus: true };
}

function isTyping(): boolean {
  return document.activeElement?.matches("input:not([type=checkbox]), textarea") ?? false;
}

/** The focused button disappears with its row, so the focus moves to the row beside it. */
function focusAdjacentRow(row: HTMLLIElement | null): void {
  const adjacent = row?.nextElementSibling ?? row?.previousElementSibling;
  const target = adjacent?.querySelector("input") ?? document.getElementById("new-title");
  target?.focus();
}
