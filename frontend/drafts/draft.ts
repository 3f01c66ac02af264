import type { Task } from "@/tasks/task";

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

export const EMPTY_DRAFT: Draft = { title: "", description: "" };

export function isBlank({ title, description }: Draft): boolean {
  return !title.trim() && !description.trim();
}

/** Returns undefined when the text is not a draft: other programs can write to the storage too. */
export function parseDraft(text: string | null): Draft | undefined {
  if (text === null) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isDraft(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDraft(value: unknown): value is Draft {
  return (
    isRecord(value) &&
    isText(value.title) &&
    isText(value.description) &&
    (value.reason === undefined || isText(value.reason)) &&
    (value.errors === undefined || (isRecord(value.errors) && Object.values(value.errors).every(isText))) &&
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
