import type { Task } from "./task";

/** What the user has typed and the service has not saved yet. It survives a reload and a sign-in. */
export interface Draft {
  title: string;
  description: string;
  /** The `Idempotency-Key` of the request, once the draft was submitted. */
  key?: string;
  /** Why the service rejected the draft, if it did. */
  reason?: string;
  /** The task as it was when the user began to edit it. */
  task?: Task;
}

/** Returns null when the text is not a draft: other programs can write to the storage too. */
export function parseDraft(text: string | null): Draft | null {
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
    isText(value.etag)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
