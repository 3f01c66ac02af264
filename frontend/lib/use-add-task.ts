import { useRef, useState } from "react";

import { requiresSignIn } from "./api-error";
import { errorMessage, formErrors, isShownInForm } from "./change-messages";
import {
  EMPTY_DRAFT,
  isBlank,
  NEW_DRAFT_KEY,
  readDraft,
  readSubmittedDrafts,
  removeDraft,
  restoreNewDraft,
  storeDraft,
  submittedDraftKey,
  type Draft,
  type SubmittedDraft,
} from "./draft-storage";
import { createIdempotencyKey } from "./idempotency-key";
import { toTaskInput } from "./task";
import type { TaskChange } from "./task-change";
import { notifyFailure, type ChangeTask } from "./use-change-task";

const DOUBLE_CLICK_MS = 500;

export type AddTask = ReturnType<typeof useAddTask>;

/**
 * Holds the draft in the form for a new task, and the submitted drafts that the service has not saved.
 * Submitting clears the form at once, for the next task. A draft that fails returns to the form, or is
 * listed below it if the user is already typing the next one.
 */
export function useAddTask(changeTask: ChangeTask) {
  const [draft, setDraft] = useState(() => restoreNewDraft() ?? EMPTY_DRAFT);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [unsaved, setUnsaved] = useState<readonly SubmittedDraft[]>(readSubmittedDrafts);
  const lastSubmission = useRef(-Infinity);

  function updateDraft(typed: Draft) {
    setDraft(typed);
    if (typed.title || typed.description) storeDraft(NEW_DRAFT_KEY, typed);
    else removeDraft(NEW_DRAFT_KEY);
  }

  function submit() {
    // The second click of a double click must not submit the form that the first one has cleared.
    const isDoubleClick = performance.now() - lastSubmission.current < DOUBLE_CLICK_MS;
    if (isDoubleClick && isBlank(draft)) return;
    lastSubmission.current = performance.now();
    setErrors({});
    void add(draft);
    updateDraft(EMPTY_DRAFT);
  }

  async function add({ key = createIdempotencyKey(), title, description }: Draft) {
    const submitted: SubmittedDraft = { title, description, key };
    const change: TaskChange = { kind: "add", key, input: toTaskInput(submitted) };
    if (!isBlank(submitted)) storeDraft(submittedDraftKey(key), submitted);
    try {
      await changeTask(change);
      removeDraft(submittedDraftKey(key));
    } catch (error) {
      handleFailure(submitted, change, error);
    }
  }

  function handleFailure(submitted: SubmittedDraft, change: TaskChange, error: unknown) {
    if (!readDraft(NEW_DRAFT_KEY)) {
      moveToForm(submitted);
      setErrors(formErrors(error));
      if (!isShownInForm(error)) notifyFailure(change, error);
    } else if (!isBlank(submitted)) {
      addUnsaved(requiresSignIn(error) ? submitted : { ...submitted, reason: errorMessage(error) });
    }
  }

  function moveToForm(submitted: SubmittedDraft) {
    updateDraft(submitted);
    discardUnsaved(submitted);
  }

  function addUnsaved(submitted: SubmittedDraft) {
    storeDraft(submittedDraftKey(submitted.key), submitted);
    setUnsaved((now) => [...now, submitted]);
  }

  function discardUnsaved({ key }: SubmittedDraft) {
    removeDraft(submittedDraftKey(key));
    setUnsaved((now) => now.filter((each) => each.key !== key));
  }

  /** Swaps the draft in the form for an unsaved one. */
  function editUnsaved({ title, description, key }: SubmittedDraft) {
    const typed = draft;
    moveToForm({ title, description, key });
    setErrors({});
    if (!isBlank(typed)) addUnsaved({ ...typed, key: typed.key ?? createIdempotencyKey() });
  }

  return { draft, errors, unsaved, updateDraft, submit, add, editUnsaved, discardUnsaved };
}
