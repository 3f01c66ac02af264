import type { components } from "./api-types";

export type Task = components["schemas"]["Task"];
export type TaskInput = components["schemas"]["TaskInput"];
export type Violation = components["schemas"]["Violation"];
export type ErrorEnvelope = components["schemas"]["ErrorEnvelope"];

/** The version of a task, for `If-Match`: the contract makes it of `updated_at`. */
export function entityTag(task: Task): string {
  return `"${task.updated_at}"`;
}

/** What a user decides of a task, kept as it was typed; a blank description is none. */
export function taskInput({ title, description }: { title: string; description: string }): TaskInput {
  return { title, description: description.trim() ? description : null };
}

export function sameText(one: TaskInput, other: TaskInput): boolean {
  return one.title === other.title && (one.description ?? null) === (other.description ?? null);
}
