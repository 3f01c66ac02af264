import { useSyncExternalStore } from "react";

import { rowKeyOf, type Task, type TaskInput } from "@/tasks/task";
import { createStore } from "@/ui/store";

/** What the user has typed and not submitted, or what the service has rejected. It survives a reload and a sign-in. */
export interface Draft {
  title: string;
  description: string;
  /** The task as it was when the user began to edit it. */
  task?: Task;
  /** The messages of the service by field, or that of a limit. */
  errors?: Record<string, string>;
  /** Why the service rejected a new task, if no field shows it. */
  reason?: string;
}

const PREFIX = "draft:";
const EDIT_PREFIX = "task:";
const REJECTED_PREFIX = "rejected:";
const OWNER_KEY = "owner-of-drafts";

export const EMPTY_DRAFT: Draft = { title: "", description: "" };
/** The key of the new task that is being typed. */
export const NEW_DRAFT = "new";
export const editDraft = (task: Task): string => EDIT_PREFIX + rowKeyOf(task);
export const rejectedDraft = (key: string): string => REJECTED_PREFIX + key;

const drafts = createStore<Readonly<Record<string, Draft>>>({});

export const readDraft = (key: string): Draft | undefined => drafts.get()[key];

/** Renders the component again only when this draft changes. */
export function useDraft(key: string): Draft | undefined {
  const get = () => readDraft(key);
  return useSyncExternalStore(drafts.subscribe, get, () => undefined);
}

export function useRejectedDrafts(): [string, Draft][] {
  return Object.entries(drafts.use()).filter(([key]) => key.startsWith(REJECTED_PREFIX));
}

export function editDrafts(): (Draft & { task: Task })[] {
  return Object.values(drafts.get()).flatMap((draft) => (draft.task ? [{ ...draft, task: draft.task }] : []));
}

export function storeDraft(key: string, draft: Draft): void {
  attempt((storage) => storage.setItem(PREFIX + key, JSON.stringify(draft)));
  drafts.set({ ...drafts.get(), [key]: draft });
}

export function removeDraft(key: string): void {
  attempt((storage) => storage.removeItem(PREFIX + key));
  const { [key]: removed, ...others } = drafts.get();
  if (removed) drafts.set(others);
}

/** Tells whether the user has typed anything that is not submitted. The sign-in page asks before any draft is read. */
export function hasDrafts(): boolean {
  return keys().length > 0;
}

/** Removes all drafts, so that the next user of this tab cannot read them. */
export function removeAllDrafts(): void {
  keys().forEach(removeDraft);
}

let owner: string | null | undefined;

/** Reads the drafts of this user, and removes those that another one has left in this tab. */
export function openDrafts(userId: string): void {
  owner ??= attempt((storage) => storage.getItem(OWNER_KEY));
  if (owner !== userId) removeAllDrafts();
  owner = userId;
  attempt((storage) => storage.setItem(OWNER_KEY, userId));
  for (const key of keys()) {
    const draft = readDraft(key) ?? parseDraft(attempt((storage) => storage.getItem(PREFIX + key)));
    removeDraft(key);
    // A task that an earlier page has added has no `rowKey` here.
    const saved = draft?.task?.id ? { ...draft.task, rowKey: undefined } : undefined;
    if (draft) storeDraft(saved ? editDraft(saved) : key, saved ? { ...draft, task: saved } : draft);
  }
}

export function isBlank({ title, description }: Draft): boolean {
  return !title.trim() && !description.trim();
}

export function toDraft({ title, description }: TaskInput): Draft {
  return { title, description: description ?? "" };
}

/** Returns undefined when the text is not a draft: other programs can write to the storage too. */
export function parseDraft(text: string | null | undefined): Draft | undefined {
  try {
    const draft: Draft = JSON.parse(text ?? "");
    const { title, description, reason = "", errors = {}, task } = draft;
    const texts = [title, description, reason, ...Object.values(errors), ...(task ? [task.title, task.etag] : [])];
    return texts.every((each) => typeof each === "string") ? draft : undefined;
  } catch {
    return undefined;
  }
}

function keys(): string[] {
  const stored = attempt((storage) => Object.keys(storage).filter((key) => key.startsWith(PREFIX))) ?? [];
  return [...new Set([...stored.map((key) => key.slice(PREFIX.length)), ...Object.keys(drafts.get())])];
}

/** A browser may forbid storage, or have no room: then a draft lasts until a reload. */
function attempt<Result>(use: (storage: Storage) => Result): Result | undefined {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}
