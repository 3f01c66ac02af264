import { ApiError } from "./api-error";
import type { TaskChange } from "./task-change";

/** The key of an error that is about the whole form instead of a field. */
export const FORM_ERROR = "form";

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

/** Returns the messages that a form shows: those of its fields, or that of a limit. */
export function formErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  return error.code === "LIMIT_REACHED" ? { [FORM_ERROR]: error.message } : error.fieldErrors();
}

/** Tells whether a form shows the whole error, so that no notification is needed. */
export function isShownInForm(error: unknown): boolean {
  const shown = Object.keys(formErrors(error));
  return shown.length > 0 && shown.every((key) => key === FORM_ERROR || FIELDS.includes(key));
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
