import type { Task } from "@/tasks/task";

const NUMBERS = "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve".split(" ");

/** What the page says of a whole list. The progress is from 0 to 1, and 1 for an empty list. */
export function summaryOf(tasks: readonly Task[]) {
  const done = tasks.filter(({ completed }) => completed).length;
  const open = tasks.length - done;
  const toGo = open === 0 ? "All done." : `${NUMBERS[open] ?? open} to go.`;
  return {
    headline: tasks.length === 0 ? "A clear day." : toGo,
    text: `${open} open · ${done} done`,
    progress: tasks.length === 0 ? 1 : done / tasks.length,
  };
}
