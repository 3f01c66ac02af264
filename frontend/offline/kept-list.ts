import { clear, createStore, get, set, type UseStore } from "idb-keyval";

import type { Task, TaskList } from "@/tasks/task";

export interface User {
  id: string;
  name: string;
  isGuest: boolean;
}

export interface KeptList {
  user: User;
  list: TaskList;
}

/** Ten thousand tasks take a while to store, so a long list is stored when it rests. */
const LONG_LIST = 500;
const DELAY_MS = 2_000;
const NAME = "list";
let database: UseStore | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

/** The list as this device saw it last, for a start without a network. Returns undefined without one. */
export async function readKeptList(): Promise<KeptList | undefined> {
  return attempt(() => get<KeptList>(NAME, store()));
}

/** Stores the list soon. */
export function keepList(user: User, list: TaskList): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      const tasks: Task[] = list.tasks.map(({ rowKey: _, ...task }) => task);
      void attempt(() => set(NAME, { user, list: { ...list, tasks } } satisfies KeptList, store()));
    },
    list.tasks.length > LONG_LIST ? DELAY_MS : 0,
  );
}

export async function forgetList(): Promise<void> {
  clearTimeout(timer);
  await attempt(() => clear(store()));
}

/** A browser may have no storage, or refuse it: then nothing is kept. */
async function attempt<T>(use: () => Promise<T>): Promise<T | undefined> {
  try {
    return await use();
  } catch {
    return undefined;
  }
}

function store(): UseStore {
  database ??= createStore("list", "list");
  return database;
}
