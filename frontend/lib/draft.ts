import type { Task } from "./task";

/** Words that were typed and not kept by the service yet; they outlive a reload and a sign-in. */
export interface Draft {
  title: string;
  description: string;
  /** The `Idempotency-Key` that they were sent with, if they were. */
  key?: string;
  /** Why they were refused, if they were. */
  reason?: string;
  /** The task as it was when its editing began. */
  task?: Task;
}

/** What a storage that anything may have been written to has of a draft; null where it is none. */
export function draftIn(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isDraft(value) ? value : null;
  } catch {
    return null;
  }
}

function isDraft(value: unknown): value is Draft {
  return (
    isRecord(value) &&
    isText(value.title) &&
    isText(value.description) &&
    (value.key === undefined || isText(value.key)) &&
    (value.reason === undefined || isText(value.reason)) &&
    (value.task === undefined || isTask(value.task))
  );
}

function isTask(value: unknown): value is Task {
  return (
    isRecord(value) &&
    Number.isInteger(value.id) &&
    isText(value.title) &&
    (value.description === null || isText(value.description)) &&
    typeof value.completed === "boolean" &&
    isText(value.updated_at)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
