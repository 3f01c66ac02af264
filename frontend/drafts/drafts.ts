import { useSyncExternalStore } from "react";

import { rowKeyOf, type Task, type TaskInput } from "@/tasks/task";
import { createStore } from "@/ui/store";

import { type Draft, parseDraft } from "./draft";
import { safeSessionStorage } from "./session-storage";

const PREFIX = "draft:";
const EDIT_PREFIX = "task:";
const REJECTED_PREFIX = "rejected:";
const OWNER_KEY = "owner-of-drafts";

/** The key of the new task that is being typed. */
export const NEW_DRAFT = "new";
export const editDraft = (task: Task): string => EDIT_PREFIX + rowKeyOf(task);
export const rejectedDraft = (key: string): string => REJECTED_PREFIX + key;

type Drafts = Readonly<Record<string, Draft>>;
const drafts = createStore<Drafts>({});

export const readDraft = (key: string): Draft | undefined => drafts.get()[key];

/** Renders the component again only when this draft changes. */
export function useDraft(key: string): Draft | undefined {
  return useSyncExternalStore(
    drafts.subscribe,
    () => drafts.get()[key],
    () => undefined,
  );
}

export function useRejectedDrafts(): [string, Draft][] {
  return Object.entries(drafts.use()).filter(([key]) => key.startsWith(REJECTED_PREFIX));
}

export function editDrafts(): (Draft & { task: Task })[] {
  const edits = Object.entries(drafts.get()).filter(([key]) => key.startsWith(EDIT_PREFIX));
  return edits.flatMap(([, draft]) => (draft.task ? [{ ...draft, task: draft.task }] : []));
}

export function storeDraft(key: string, draft: Draft): void {
  safeSessionStorage.setItem(PREFIX + key, JSON.stringify(draft));
  drafts.set({ ...drafts.get(), [key]: draft });
}

export function removeDraft(key: string): void {
  safeSessionStorage.removeItem(PREFIX + key);
  const { [key]: removed, ...others } = drafts.get();
  if (removed) drafts.set(others);
}

/** Tells whether the user has typed anything that is not submitted. The sign-in page asks before any draft is read. */
export function hasDrafts(): boolean {
  return storedKeys().length > 0;
}

/** Removes all drafts, so that the next user of this tab cannot read them. */
export function removeAllDrafts(): void {
  storedKeys().forEach(removeDraft);
}

/** Reads the drafts of this user, and removes those that another one has left in this tab. */
export function openDrafts(userId: string): void {
  if (safeSessionStorage.getItem(OWNER_KEY) !== userId) removeAllDrafts();
  safeSessionStorage.setItem(OWNER_KEY, userId);
  for (const key of storedKeys()) {
    const draft = parseDraft(safeSessionStorage.getItem(PREFIX + key));
    safeSessionStorage.removeItem(PREFIX + key);
    // A task that an earlier page has added has no `rowKey` here.
    const saved = draft?.task?.id ? { ...draft.task, rowKey: undefined } : undefined;
    if (draft) storeDraft(saved ? editDraft(saved) : key, saved ? { ...draft, task: saved } : draft);
  }
}

export function toDraft({ title, description }: TaskInput): Draft {
  return { title, description: description ?? "" };
}

function storedKeys(): string[] {
  const keys = safeSessionStorage.keys().filter((key) => key.startsWith(PREFIX));
  return keys.map((key) => key.slice(PREFIX.length));
}
