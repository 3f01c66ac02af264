import type { components } from "./api-types";

export type Task = components["schemas"]["Task"];
export type TaskInput = components["schemas"]["TaskInput"];
export type Violation = components["schemas"]["Violation"];
export type ErrorEnvelope = components["schemas"]["ErrorEnvelope"];

/** Returns the text of a task exactly as it was typed, except that a blank description becomes null. */
export function toTaskInput({ title, description }: { title: string; description: string }): TaskInput {
  return { title, description: description.trim() ? description : null };
}

export function hasSameText(one: TaskInput, other: TaskInput): boolean {
  return one.title === other.title && (one.description ?? null) === (other.description ?? null);
}
