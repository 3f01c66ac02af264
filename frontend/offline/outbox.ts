import { del, entries, set } from "idb-keyval";

import { isUndecided } from "@/tasks/api-error";
import type { Change, Send } from "@/tasks/change";
import { createKey, isSame, type Task } from "@/tasks/task";

import { openDatabase } from "./database";

/** A change that the service has not saved yet, as IndexedDB keeps it. */
interface Entry {
  owner: string;
  change: Change;
  /** The page that sends it. Another page does so when this one is closed. */
  tab: string;
}

const TAB = createKey();
let lastPlace = 0;
/** Where each change of this page is kept. The places sort in the order of the changes. */
const places = new Map<string, { place: number; stored: Promise<unknown> }>();
let storageFails = false;
const inDatabase = openDatabase("changes", () => {
  storageFails = true;
});

/** False if the browser stores nothing, so that closing the page loses what is not sent. */
export const isKept = (): boolean => !storageFails;

/** Keeps a change before it waits for its turn, its undo or the service. */
export function keepChange(owner: string, change: Change): Promise<unknown> {
  return places.get(change.key)?.stored ?? keep({ owner, change, tab: TAB });
}

/** Keeps each change until the service has decided about it. Only a sign-in may be in the way of that. */
export function withOutbox(owner: string, send: Send, isUnresolved: (error: unknown) => boolean): Send {
  return async (change) => {
    const kept = keepChange(owner, change);
    try {
      const task = await send(change);
      await kept;
      if (change.kind === "add" && task) await nameAddedTask(owner, change.key, task);
      await drop(change.key);
      return task;
    } catch (error) {
      await kept;
      if (!isUndecided(error) && !isUnresolved(error)) await drop(change.key);
      throw error;
    }
  };
}

/** Returns what earlier pages have left unsent, in its order. From now on it is this page's. */
export async function adoptChanges(owner: string, tabs?: ReadonlySet<string>): Promise<Change[]> {
  const open = tabs ?? (await openTabs());
  const left = (await all()).filter(([, entry]) => entry.owner === owner && !open.has(entry.tab));
  for (const [place, entry] of left) {
    await keep({ ...entry, tab: TAB }, place);
  }
  return left.map(([, { change }]) => change);
}

export async function drop(key: string): Promise<void> {
  const kept = places.get(key);
  places.delete(key); // Before it is gone, so that `nameAddedTask` does not store it again.
  if (kept) await inDatabase((store) => del(kept.place, store));
}

/** Removes what others than this user have left, or everything. */
export async function forgetChanges(exceptOf?: string): Promise<void> {
  for (const [place, { owner, change }] of await all()) {
    if (owner === exceptOf) continue;
    places.delete(change.key);
    await inDatabase((store) => del(place, store));
  }
}

function keep(entry: Entry, before?: number): Promise<unknown> {
  lastPlace = Math.max(Date.now(), lastPlace + 1);
  const place = before ?? lastPlace;
  const stored = inDatabase((store) => set(place, entry, store));
  places.set(entry.change.key, { place, stored });
  return stored;
}

/** A change of a new task refers to it by its key, until the task has an id. */
async function nameAddedTask(owner: string, rowKey: string, task: Task): Promise<void> {
  const saved = { ...task, rowKey };
  for (const [place, entry] of await all()) {
    const { change } = entry;
    if (entry.owner !== owner || change.kind === "add") continue;
    const tasks = change.kind === "delete" ? change.tasks : [change.task];
    const isDropped = entry.tab === TAB && places.get(change.key)?.place !== place;
    if (isDropped || !tasks.some((each) => isSame(each, saved))) continue;
    const named =
      change.kind === "delete"
        ? { ...change, tasks: change.tasks.map((each) => (isSame(each, saved) ? saved : each)) }
        : { ...change, task: isSame(change.task, saved) ? saved : change.task };
    await inDatabase((store) => set(place, { ...entry, change: named }, store));
  }
}

async function all(): Promise<[number, Entry][]> {
  return (await inDatabase((store) => entries<number, Entry>(store))) ?? [];
}

/** Each page holds a lock with its name until it is closed, however that happens. */
if (typeof navigator !== "undefined" && navigator.locks) {
  void navigator.locks.request(`tab:${TAB}`, () => new Promise(() => undefined)).catch(() => undefined);
}

/** Without locks, a change may be sent by two pages. The service makes it once. */
async function openTabs(): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set([TAB, ...held.map(({ name = "" }) => name.replace("tab:", ""))]);
}
