import { tabStorage } from "./session-storage";
import { draftIn, type Draft } from "./draft";
import { sameText, taskInput, type Task, type TaskInput } from "./task";

export type { Draft } from "./draft";

/** Words that were sent; the key is that of the request. */
export type SentDraft = Draft & { key: string };

/** Words for a task that exists, or did when they were typed. */
export type EditedDraft = Draft & { task: Task };

const PREFIX = "draft:";
const SENT = "sent:";
const EDITED = "task:";
const OWNER = "owner-of-drafts";

export const NEW = "new";
export const NO_WORDS: Draft = { title: "", description: "" };
export const sent = (key: string): string => SENT + key;
export const edited = (task: Task): string => EDITED + task.id;

export function readDraft(name: string): Draft | null {
  return draftIn(tabStorage.read(PREFIX + name));
}

export function keepDraft(name: string, draft: Draft): void {
  tabStorage.keep(PREFIX + name, JSON.stringify(draft));
}

export function dropDraft(name: string): void {
  tabStorage.drop(PREFIX + name);
}

/** Drops words that the service has taken, but not those that were typed since. */
export function dropTaken(task: Task, input: TaskInput): void {
  const draft = readDraft(edited(task));
  if (draft && sameText(taskInput(draft), input)) dropDraft(edited(task));
}

/** What was being typed, or else a task that was sent and whose answer this page never saw. */
export function takeNewDraft(): Draft | null {
  const typed = readDraft(NEW);
  if (typed) return typed;
  const [unanswered] = sentDrafts();
  if (!unanswered) return null;
  keepDraft(NEW, unanswered);
  dropDraft(sent(unanswered.key));
  return unanswered;
}

/** The new tasks that the service has not agreed to. */
export function sentDrafts(): SentDraft[] {
  return drafts(SENT).filter((draft): draft is SentDraft => draft.key !== undefined);
}

export function editedDrafts(): EditedDraft[] {
  return drafts(EDITED).filter((draft): draft is EditedDraft => draft.task !== undefined);
}

/** Whether anything was typed that the service does not have. */
export function hasDrafts(): boolean {
  return names().length > 0;
}

/** The next one who signs in here is not to read them. */
export function dropAllDrafts(): void {
  names().forEach(dropDraft);
}

/** Before any draft is read: those that somebody else has left in this tab are dropped. */
export function claimDrafts(userId: string): void {
  if (tabStorage.read(OWNER) !== userId) dropAllDrafts();
  tabStorage.keep(OWNER, userId);
}

export function draftOf({ title, description }: TaskInput): Draft {
  return { title, description: description ?? "" };
}

export function isBlank({ title, description }: Draft): boolean {
  return !title.trim() && !description.trim();
}

function drafts(kind: string): Draft[] {
  const found = names().filter((name) => name.startsWith(kind));
  return found.map(readDraft).filter((draft) => draft !== null);
}

function names(): string[] {
  const all = tabStorage.names().filter((name) => name.startsWith(PREFIX));
  return all.map((name) => name.slice(PREFIX.length));
}
