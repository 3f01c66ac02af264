import { ApiError } from "./api-error";
import type { Change } from "./change";

/** The key of an error that is about the whole form instead of a field. */
export const FORM_ERROR = "form";

const FIELDS = ["title", "description"];
const PAST_TENSE = { add: "added", edit: "changed", complete: "completed", delete: "deleted" } as const;

const MAX_TITLE_LENGTH = 60;

export function successMessage(change: Change): string {
  return `${subjectOf(change)} ${pastTense(change)}`;
}

export function failureMessage(change: Change, error: unknown): string {
  return `${subjectOf(change)} was not ${pastTense(change)}: ${errorMessage(error)}`;
}

export function deletedElsewhereMessage(change: Change): string {
  return `${subjectOf(change)} was deleted elsewhere`;
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

/** Shortens the title without splitting a grapheme, and isolates its direction from the sentence's. */
export function quoted(title: string): string {
  const segments = graphemesOf(title);
  const isLong = segments.length > MAX_TITLE_LENGTH;
  return `“\u2068${isLong ? `${segments.slice(0, MAX_TITLE_LENGTH).join("")}…` : title}\u2069”`;
}

function pastTense(change: Change): string {
  return change.kind === "complete" && !change.completed ? "reopened" : PAST_TENSE[change.kind];
}

function subjectOf(change: Change): string {
  if (change.kind === "add") return quoted(change.input.title);
  if (change.kind !== "delete") return quoted(change.task.title);
  const [task, ...others] = change.tasks;
  return task && others.length === 0 ? quoted(task.title) : `One of ${change.tasks.length} tasks`;
}

/** Firefox has `Intl.Segmenter` since 125. Before, this counts code points. */
function graphemesOf(title: string): string[] {
  // A string has at least as many code units as graphemes, so a short one need not be segmented.
  if (title.length <= MAX_TITLE_LENGTH) return [];
  if (!Intl.Segmenter) return Array.from(title);
  const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return Array.from(segmenter.segment(title), ({ segment }) => segment);
}
