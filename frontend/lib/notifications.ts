import { useSyncExternalStore } from "react";

/** Something that happened, for the eye and for the screen reader. */
export interface Notice {
  id: number;
  text: string;
  kind: "done" | "failed";
}

const STAYS_MS = { done: 4_000, failed: 12_000 } as const;
/** Of one kind: what is done says nothing about what has failed. */
const MOST = 3;
const NONE: readonly Notice[] = [];

let notices: readonly Notice[] = NONE;
let lastId = 0;
const listeners = new Set<() => void>();

export function notify(kind: Notice["kind"], text: string): void {
  const id = (lastId += 1);
  const others = notices.filter((notice) => notice.kind !== kind);
  const alike = notices.filter((notice) => notice.kind === kind);
  publish([...others, ...alike.slice(1 - MOST), { id, kind, text }]);
  setTimeout(() => dismiss(id), STAYS_MS[kind]);
}

export function dismiss(id: number): void {
  publish(notices.filter((notice) => notice.id !== id));
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(subscribe, () => notices, () => NONE);
}

function publish(next: readonly Notice[]): void {
  notices = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
