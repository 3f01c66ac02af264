import { parseDraft, type Draft } from "./draft";
import { safeSessionStorage } from "./session-storage";
import { hasSameText, toTaskInput, type Task, type TaskInput } from "./task";

export type { Draft } from "./draft";

/** A new task that was submitted, with the `Idempotency-Key` of its request. */
export type SubmittedDraft = Draft & { key: string };

/** An edit of a task. The task may have been deleted since. */
export type EditDraft = Draft & { task: Task };

const PREFIX = "draft:";
const SUBMITTED_PREFIX = "sent:";
const EDIT_PREFIX = "task:";
const OWNER_KEY = "owner-of-drafts";

/** The key of the new task that is being typed. */
export const NEW_DRAFT_KEY = "new";
export const EMPTY_DRAFT: Draft = { title: "", description: "" };
export const submittedDraftKey = (idempotencyKey: string): string => SUBMITTED_PREFIX + idempotencyKey;
export const editDraftKey = (task: Task): string => EDIT_PREFIX + task.id;

export function readDraft(key: string): Draft | null {
  return parseDraft(safeSessionStorage.getItem(PREFIX + key));
}

export function storeDraft(key: string, draft: Draft): void {
  safeSessionStorage.setItem(PREFIX + key, JSON.stringify(draft));
}

export function removeDraft(key: string): void {
  safeSessionStorage.removeItem(PREFIX + key);
}

/** Removes the draft of an edit that the service has saved, unless the user has typed more since. */
export function removeSavedEdit(task: Task, input: TaskInput): void {
  const draft = readDraft(editDraftKey(task));
  if (draft && hasSameText(toTaskInput(draft), input)) removeDraft(editDraftKey(task));
}

/**
 * Returns the draft for the form of a new task: what the user was typing, or else a submitted task
 * whose response this page never got. That one becomes the draft of the form.
 */
export function restoreNewDraft(): Draft | null {
  const typed = readDraft(NEW_DRAFT_KEY);
  if (typed) return typed;
  const [submitted] = readSubmittedDrafts();
  if (!submitted) return null;
  storeDraft(NEW_DRAFT_KEY, submitted);
  removeDraft(submittedDraftKey(submitted.key));
  return submitted;
}

/** Returns the new tasks that were submitted and that the service has not saved. */
export function readSubmittedDrafts(): SubmittedDraft[] {
  const drafts = readDrafts(SUBMITTED_PREFIX);
  return drafts.filter((draft): draft is SubmittedDraft => draft.key !== undefined);
}

export function readEditDrafts(): EditDraft[] {
  return readDrafts(EDIT_PREFIX).filter((draft): draft is EditDraft => draft.task !== undefined);
}

/** Tells whether the user has typed anything that the service has not saved. */
export function hasDrafts(): boolean {
  return draftKeys().length > 0;
}

/** Removes all drafts, so that the next user of this tab cannot read them. */
export function removeAllDrafts(): void {
  draftKeys().forEach(removeDraft);
}

/** Removes the drafts that another user has left in this tab. Call this before reading any draft. */
export function setDraftOwner(userId: string): void {
  if (safeSessionStorage.getItem(OWNER_KEY) !== userId) removeAllDrafts();
  safeSessionStorage.setItem(OWNER_KEY, userId);
}

export function toDraft({ title, description }: TaskInput): Draft {
  return { title, description: description ?? "" };
}

export function isBlank({ title, description }: Draft): boolean {
  return !title.trim() && !description.trim();
}

function readDrafts(keyPrefix: string): Draft[] {
  const keys = draftKeys().filter((key) => key.startsWith(keyPrefix));
  return keys.map(readDraft).filter((draft) => draft !== null);
}

function draftKeys(): string[] {
  const keys = safeSessionStorage.keys().filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => key.slice(PREFIX.length));
}
