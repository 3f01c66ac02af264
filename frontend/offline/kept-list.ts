import { del, get, set } from "idb-keyval";

import type { Task, TaskList } from "@/tasks/task";

import { openDatabase } from "./database";

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
const inDatabase = openDatabase(NAME);
let timer: ReturnType<typeof setTimeout> | undefined;

/** The list as this device saw it last, for a start without a network. Returns undefined without one. */
export async function readKeptList(): Promise<KeptList | undefined> {
  return inDatabase((store) => get<KeptList>(NAME, store));
}

/** Stores the list soon. */
export function keepList(user: User, list: TaskList): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      const tasks: Task[] = list.tasks.map(({ rowKey: _, ...task }) => task);
      const kept: KeptList = { user, list: { ...list, tasks } };
      void inDatabase((store) => set(NAME, kept, store));
    },
    list.tasks.length > LONG_LIST ? DELAY_MS : 0,
  );
}

export async function forgetList(): Promise<void> {
  clearTimeout(timer);
  await inDatabase((store) => del(NAME, store));
}
