import { useRef, useState } from "react";

import { ApiError, wantsSignIn } from "./api-error";
import {
  dropDraft,
  isBlank,
  keepDraft,
  NEW,
  NO_WORDS,
  readDraft,
  sent,
  sentDrafts,
  takeNewDraft,
  type Draft,
  type SentDraft,
} from "./draft-storage";
import { idempotencyKey } from "./idempotency-key";
import { taskInput } from "./task";
import type { TaskChange } from "./task-change";
import { sayWhy, type Attempt } from "./use-change-task";
import { hasOnlyFieldErrors, errorMessage } from "./change-messages";

const DOUBLE_CLICK_MS = 500;

export type Adding = ReturnType<typeof useAdding>;

/**
 * The new task that is being typed, and those that were refused. The form is free for the next one at
 * once; a refused one comes back into it, or waits beside it where the next one is there already.
 */
export function useAdding(attempt: Attempt) {
  const [draft, setDraft] = useState(() => takeNewDraft() ?? NO_WORDS);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [unsent, setUnsent] = useState<readonly SentDraft[]>(sentDrafts);
  const lastSubmission = useRef(-Infinity);

  function type(typed: Draft) {
    setDraft(typed);
    if (typed.title || typed.description) keepDraft(NEW, typed);
    else dropDraft(NEW);
  }

  function submit() {
    // The second half of a double click finds the form empty, and means nothing by it.
    const isEcho = performance.now() - lastSubmission.current < DOUBLE_CLICK_MS;
    if (isEcho && isBlank(draft)) return;
    lastSubmission.current = performance.now();
    setErrors({});
    void add(draft);
    type(NO_WORDS);
  }

  async function add(words: Draft) {
    const { key = idempotencyKey(), title, description } = words;
    const sending: SentDraft = { title, description, key };
    const change: TaskChange = { kind: "add", key, input: taskInput(words) };
    if (!isBlank(words)) keepDraft(sent(key), sending);
    try {
      await attempt(change);
      dropDraft(sent(key));
    } catch (error) {
      giveBack(sending, change, error);
    }
  }

  function giveBack(refused: SentDraft, change: TaskChange, error: unknown) {
    if (!readDraft(NEW)) {
      putIntoForm(refused);
      if (error instanceof ApiError) setErrors(error.byField());
      if (!hasOnlyFieldErrors(error)) sayWhy(change, error);
    } else if (!isBlank(refused)) {
      setAside(wantsSignIn(error) ? refused : { ...refused, reason: errorMessage(error) });
    }
  }

  function putIntoForm(words: SentDraft) {
    type(words);
    discard(words);
  }

  function setAside(words: SentDraft) {
    keepDraft(sent(words.key), words);
    setUnsent((now) => [...now, words]);
  }

  function discard({ key }: SentDraft) {
    dropDraft(sent(key));
    setUnsent((now) => now.filter((each) => each.key !== key));
  }

  /** Into the form; what is being typed there waits in its place. */
  function takeUp({ title, description, key }: SentDraft) {
    const typed = draft;
    putIntoForm({ title, description, key });
    setErrors({});
    if (!isBlank(typed)) setAside({ ...typed, key: typed.key ?? idempotencyKey() });
  }

  return { draft, errors, unsent, type, submit, add, takeUp, discard };
}
