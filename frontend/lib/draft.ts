import type { Task, TaskInput } from "./task";

/** Words that were typed and not kept by the service yet; they outlive a reload and a sign-in. */
export interface Draft {
  title: string;
  description: string;
  /** The `Idempotency-Key` that they were sent with, if they were. */
  key?: string;
  /** The task as it was when its editing began. */
  task?: Task;
}

const PREFIX = "draft:";
const SENT = "sent:";
const OWNER = "owner-of-drafts";

export const NEW = "new";
export const sent = (key: string): string => SENT + key;
export const edited = (task: Task): string => `task:${task.id}`;

export function readDraft(name: string): Draft | null {
  const text = sessionStorage.getItem(PREFIX + name);
  return text ? (JSON.parse(text) as Draft) : null;
}

export function keepDraft(name: string, draft: Draft): void {
  sessionStorage.setItem(PREFIX + name, JSON.stringify(draft));
}

export function dropDraft(name: string): void {
  sessionStorage.removeItem(PREFIX + name);
}

/** What was being typed, or else a task that was sent and whose answer this page never saw. */
export function takeNewDraft(): Draft | null {
  const typed = readDraft(NEW);
  if (typed) return typed;
  const name = names().find((each) => each.startsWith(SENT));
  if (!name) return null;
  const unanswered = readDraft(name);
  if (unanswered) keepDraft(NEW, unanswered);
  dropDraft(name);
  return unanswered;
}

/** The next one who signs in here is not to read them. */
export function dropAllDrafts(): void {
  names().forEach(dropDraft);
}

/** Before any draft is read: those that somebody else has left in this tab are dropped. */
export function claimDrafts(userId: string): void {
  if (sessionStorage.getItem(OWNER) !== userId) dropAllDrafts();
  sessionStorage.setItem(OWNER, userId);
}

export function draftOf({ title, description }: TaskInput): Draft {
  return { title, description: description ?? "" };
}

function names(): string[] {
  return Object.keys(sessionStorage)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length));
}
