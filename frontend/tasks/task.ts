import type { components } from "./api-types";

export type TaskInput = components["schemas"]["TaskInput"];
export type Violation = components["schemas"]["Violation"];
export type ErrorEnvelope = components["schemas"]["ErrorEnvelope"];

export type Task = components["schemas"]["Task"] & {
  /** The `Idempotency-Key` of a task that this page has added. Until the task is saved, its id is 0. */
  rowKey?: string;
  /** Set until the service has saved the pending changes of the task. */
  saving?: boolean;
};

/** The list, or the part of it that is fetched. */
export interface TaskList {
  tasks: readonly Task[];
  /** The `ETag` of the first page, or null when a change has been put into the list since. */
  version: string | null;
  /** The value of `after` for the next page, or null when the list is whole. */
  next: string | null;
}

/** Small, so that the first tasks are shown at once. */
export const FIRST_PAGE_SIZE = 200;

/** Returns the text of a task exactly as it was typed, except that a blank description becomes null. */
export function toTaskInput({ title, description }: { title: string; description: string }): TaskInput {
  return { title, description: description.trim() ? description : null };
}

export function hasSameText(one: TaskInput, other: TaskInput): boolean {
  return one.title === other.title && (one.description ?? null) === (other.description ?? null);
}

export function isSame(one: Task, other: Task): boolean {
  return one.id !== 0 && one.id === other.id ? true : one.rowKey !== undefined && one.rowKey === other.rowKey;
}

/** Stays the same when a new task gets its id, so that React keeps its row. */
export const rowKeyOf = (task: Task): string => task.rowKey ?? String(task.id);

/** A task that the service has not saved yet. */
export function newTask(rowKey: string, { title, description }: TaskInput): Task {
  const now = new Date().toISOString();
  const times = { created_at: now, updated_at: now };
  return { id: 0, user_id: "", title, description: description ?? null, completed: false, etag: "", ...times, rowKey };
}

/** Names a change: 128 random bits. Browsers have `crypto.randomUUID` only on HTTPS and on localhost. */
export function createKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
