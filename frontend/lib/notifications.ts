import { useSyncExternalStore } from "react";

/** A message to the user about something that has just happened. */
export interface Notification {
  id: number;
  text: string;
  kind: "success" | "error";
}

const DURATION_MS = { success: 4_000, error: 12_000 } as const;
/** The maximum of each kind, so that successes do not displace errors. */
const MAX_PER_KIND = 3;
const NONE: readonly Notification[] = [];

let notifications: readonly Notification[] = NONE;
let lastId = 0;
const listeners = new Set<() => void>();

export function notify(kind: Notification["kind"], text: string): void {
  const id = (lastId += 1);
  const otherKind = notifications.filter((each) => each.kind !== kind);
  const sameKind = notifications.filter((each) => each.kind === kind);
  publish([...otherKind, ...sameKind.slice(1 - MAX_PER_KIND), { id, kind, text }]);
  setTimeout(() => dismiss(id), DURATION_MS[kind]);
}

export function dismiss(id: number): void {
  publish(notifications.filter((each) => each.id !== id));
}

export function useNotifications(): readonly Notification[] {
  return useSyncExternalStore(subscribe, () => notifications, () => NONE);
}

function publish(next: readonly Notification[]): void {
  notifications = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
