import { useEffect } from "react";

import type { Task } from "@/tasks/task";
import { createStore } from "@/ui/store";

export const FILTERS = ["all", "open", "done"] as const;

/** Which tasks are shown. The URL has it, as `?view=open&q=bread`. */
export interface View {
  filter: (typeof FILTERS)[number];
  query: string;
}

const view = createStore<View>({ filter: "all", query: "" });

export const useView = view.use;

export function viewOf(search: string): View {
  const parameters = new URLSearchParams(search);
  const filter = FILTERS.find((each) => each === parameters.get("view")) ?? "all";
  return { filter, query: parameters.get("q") ?? "" };
}

export function pathOf({ filter, query }: View): string {
  const parameters = new URLSearchParams();
  if (filter !== "all") parameters.set("view", filter);
  if (query) parameters.set("q", query);
  const search = parameters.toString();
  return search ? `?${search}` : location.pathname;
}

/** Safari refuses more than a hundred changes of the URL in ten seconds, and each costs time. */
const TYPING_MS = 1_000;
let typing: ReturnType<typeof setTimeout> | undefined;

/** A filter is a place in the history of the browser, and a query is not. */
export function show(change: Partial<View>): void {
  if (change.filter) writeQuery();
  view.set({ ...view.get(), ...change });
  forgetQuery();
  if (change.filter) history.pushState(null, "", pathOf(view.get()));
  else typing = setTimeout(writeQuery, TYPING_MS);
}

/** Writes into the URL what is being typed. */
function writeQuery(): void {
  if (typing === undefined) return;
  forgetQuery();
  history.replaceState(history.state, "", pathOf(view.get()));
}

function forgetQuery(): void {
  clearTimeout(typing);
  typing = undefined;
}

export function useViewOfUrl(): void {
  useEffect(() => {
    const page = new AbortController();
    const read = () => {
      forgetQuery(); // It belongs to the place in the history that was left.
      view.set(viewOf(location.search));
    };
    read();
    window.addEventListener("popstate", read, page);
    window.addEventListener("pagehide", writeQuery, page);
    page.signal.addEventListener("abort", forgetQuery);
    return () => page.abort();
  }, []);
}

interface ShownTasks {
  open: readonly Task[];
  done: readonly Task[];
}

/** Finds every word of the query, in any order and case, in title and description. */
export function split(tasks: readonly Task[], query: string): ShownTasks {
  const words = query.split(/\s+/).filter(Boolean).map(toPattern);
  const open: Task[] = [];
  const done: Task[] = [];
  for (const task of tasks) {
    if (words.every((word) => word.test(task.title) || word.test(task.description ?? ""))) {
      (task.completed ? done : open).push(task);
    }
  }
  return { open, done };
}

/** Unlike `toLowerCase`, this makes no copy of ten thousand texts. */
function toPattern(word: string): RegExp {
  return new RegExp(word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
}
