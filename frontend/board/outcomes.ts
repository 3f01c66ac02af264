import { addConflict, ConflictError } from "@/conflicts/conflict-error";
import { ObsoleteError } from "@/conflicts/save-with-version";
import { editDraft, isBlank, NEW_DRAFT, readDraft, rejectedDraft, storeDraft, toDraft } from "@/drafts/drafts";
import { drop } from "@/offline/outbox";
import { requiresSignIn } from "@/tasks/api-error";
import type { Change, Edit } from "@/tasks/change";
import {
  deletedElsewhereMessage,
  errorMessage,
  failureMessage,
  formErrors,
  isShownInForm,
  successMessage,
} from "@/tasks/messages";
import type { Task } from "@/tasks/task";
import type { Addition } from "@/tasks/tasks";
import { notify } from "@/ui/notifications";
import { UndoneError } from "@/undo/undo";

export function reportSuccess(change: Change, task: Task | null): void {
  if (task || change.kind === "delete") notify("success", successMessage(change));
  else notify("error", deletedElsewhereMessage(change));
}

/** Gives what was typed back to its form, and asks or tells the user. */
export function reportFailure(change: Change, error: unknown): void {
  // When the user has to sign in again, another page is about to load, and the change is sent after that.
  if (error instanceof ObsoleteError || requiresSignIn(error)) return;
  if (error instanceof UndoneError) {
    void drop(change.key);
    notify("success", "Undone");
  } else if (error instanceof ConflictError) addConflict(error);
  else {
    if (change.kind === "edit") giveBackEdit(change, error);
    const isListed = change.kind === "add" && !giveBackNewTask(change, error);
    if (!isListed && !isShownInForm(error)) notify("error", failureMessage(change, error));
  }
}

/** Returns false if the draft is listed with its reason, because the user is already typing the next one. */
function giveBackNewTask({ key, input }: Addition, error: unknown): boolean {
  const typed = readDraft(NEW_DRAFT);
  const isFree = !typed || isBlank(typed);
  const draft = toDraft(input);
  if (isFree) storeDraft(NEW_DRAFT, { ...draft, errors: formErrors(error) });
  else if (!isBlank(draft)) storeDraft(rejectedDraft(key), { ...draft, reason: errorMessage(error) });
  return isFree;
}

/** If the user has begun another edit since, it keeps its text but starts from the same version again. */
function giveBackEdit({ task, input }: Edit, error: unknown): void {
  const draft = readDraft(editDraft(task)) ?? toDraft(input);
  storeDraft(editDraft(task), { ...draft, task, errors: formErrors(error) });
}
