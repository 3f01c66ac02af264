import type { Task } from "@/tasks/task";

const NUMBERS = "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split(" ");

export function headline(tasks: readonly Task[]): string {
  const { open } = count(tasks);
  if (tasks.length === 0) return "A clear day.";
  if (open === 0) return "All done.";
  return `${NUMBERS[open] ?? open} to go.`;
}

export function summary(tasks: readonly Task[]): string {
  const { open, done } = count(tasks);
  return `${open} open · ${done} done`;
}

/** Returns the share of completed tasks, from 0 to 1. An empty list counts as 1. */
export function progress(tasks: readonly Task[]): number {
  return tasks.length === 0 ? 1 : count(tasks).done / tasks.length;
}

function count(tasks: readonly Task[]): { open: number; done: number } {
  const done = tasks.filter(({ completed }) => completed).length;
  return { open: tasks.length - done, done };
}
