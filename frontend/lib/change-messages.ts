import { ApiError } from "./api-error";
import type { TaskChange } from "./task-change";

const FIELDS = ["title", "description"];
const PAST_TENSE = { add: "added", edit: "changed", complete: "completed", delete: "deleted" } as const;

const MAX_TITLE_LENGTH = 60;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function successMessage(change: TaskChange): string {
  return `${quotedTitle(change)} ${pastTense(change)}`;
}

export function failureMessage(change: TaskChange, error: unknown): string {
  return `${quotedTitle(change)} was not ${pastTense(change)}: ${errorMessage(error)}`;
}

export function deletedElsewhereMessage(change: TaskChange): string {
  return `${quotedTitle(change)} was deleted elsewhere`;
}

/** Returns the message of the service, where there is one. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return (error.details[0] ?? error).message;
  return error instanceof Error ? error.message : String(error);
}

/** Tells whether a form can show the whole error at its fields. */
export function hasOnlyFieldErrors(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.details.length > 0 &&
    error.details.every(({ field }) => FIELDS.includes(field))
  );
}

function pastTense(change: TaskChange): string {
  return change.kind === "complete" && !change.completed ? "reopened" : PAST_TENSE[change.kind];
}

/** Shortens the title without splitting a grapheme, and isolates its direction from the sentence's. */
function quotedTitle(change: TaskChange): string {
  const { title } = change.kind === "add" ? change.input : change.task;
  // A string has at least as many code units as graphemes, so a short one need not be segmented.
  const segments = title.length <= MAX_TITLE_LENGTH ? [] : Array.from(graphemes.segment(title));
  const isLong = segments.length > MAX_TITLE_LENGTH;
  const shown = isLong ? `${segments.slice(0, MAX_TITLE_LENGTH).map(({ segment }) => segment).join("")}…` : title;
  return `“\u2068${shown}\u2069”`;
}
