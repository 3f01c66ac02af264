import { useRef, useState } from "react";

import { ApiError, requiresSignIn } from "./api-error";
import { errorMessage, hasOnlyFieldErrors } from "./change-messages";
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
import { sayWhy, type Attempt } from "./use-change-task";

const DOUBLE_CLICK_MS = 500;

export type Adding = ReturnType<typeof useAdding>;

/**
 * The new task that is being typed, and those that were refused. The form is free for the next one at
 * once; a refused one comes back into it, or waits beside it where the next one is there already.
 */
export function useAdding(attempt: Attempt) {
  const [draft, setDraft] = useState(() => restoreNewDraft() ?? EMPTY_DRAFT);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [unsent, setUnsent] = useState<readonly SubmittedDraft[]>(readSubmittedDrafts);
  const lastSubmission = useRef(-Infinity);

  function type(typed: Draft) {
    setDraft(typed);
    if (typed.title || typed.description) storeDraft(NEW_DRAFT_KEY, typed);
    else removeDraft(NEW_DRAFT_KEY);
  }

  function submit() {
    // The second half of a double click finds the form empty, and means nothing by it.
    const isEcho = performance.now() - lastSubmission.current < DOUBLE_CLICK_MS;
    if (isEcho && isBlank(draft)) return;
    lastSubmission.current = performance.now();
    setErrors({});
    void add(draft);
    type(EMPTY_DRAFT);
  }

  async function add(words: Draft) {
    const { key = createIdempotencyKey(), title, description } = words;
    const sending: SubmittedDraft = { title, description, key };
    const change: TaskChange = { kind: "add", key, input: toTaskInput(words) };
    if (!isBlank(words)) storeDraft(submittedDraftKey(key), sending);
    try {
      await attempt(change);
      removeDraft(submittedDraftKey(key));
    } catch (error) {
      giveBack(sending, change, error);
    }
  }

  function giveBack(refused: SubmittedDraft, change: TaskChange, error: unknown) {
    if (!readDraft(NEW_DRAFT_KEY)) {
      putIntoForm(refused);
      if (error instanceof ApiError) setErrors(error.fieldErrors());
      if (!hasOnlyFieldErrors(error)) sayWhy(change, error);
    } else if (!isBlank(refused)) {
      setAside(requiresSignIn(error) ? refused : { ...refused, reason: errorMessage(error) });
    }
  }

  function putIntoForm(words: SubmittedDraft) {
    type(words);
    discard(words);
  }

  function setAside(words: SubmittedDraft) {
    storeDraft(submittedDraftKey(words.key), words);
    setUnsent((now) => [...now, words]);
  }

  function discard({ key }: SubmittedDraft) {
    removeDraft(submittedDraftKey(key));
    setUnsent((now) => now.filter((each) => each.key !== key));
  }

  /** Into the form; what is being typed there waits in its place. */
  function takeUp({ title, description, key }: SubmittedDraft) {
    const typed = draft;
    putIntoForm({ title, description, key });
    setErrors({});
    if (!isBlank(typed)) setAside({ ...typed, key: typed.key ?? createIdempotencyKey() });
  }

  return { draft, errors, unsent, type, submit, add, takeUp, discard };
}
