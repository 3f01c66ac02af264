import type { components } from "./api-types";

export type Task = components["schemas"]["Task"];
export type TaskInput = components["schemas"]["TaskInput"];
export type Violation = components["schemas"]["Violation"];
export type ErrorEnvelope = components["schemas"]["ErrorEnvelope"];

/** The version of a task, for `If-Match`: the contract makes it of `updated_at`. */
export function entityTag(task: Task): string {
  return `"${task.updated_at}"`;
}

/** What a user decides of a task; an empty description is none. */
export function taskInput({ title, description }: { title: string; description: string }): TaskInput {
  return { title: title.trim(), description: description.trim() || null };
}

export function sameText(one: TaskInput, other: TaskInput): boolean {
  return one.title === other.title && (one.description ?? null) === (other.description ?? null);
}
