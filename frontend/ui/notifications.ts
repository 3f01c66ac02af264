import { createStore } from "./store";

/** A message to the user about something that has just happened. */
export interface Notification {
  id: number;
  text: string;
  kind: "success" | "error";
}

const DURATION_MS = { success: 4_000, error: 12_000 } as const;
/** The maximum of each kind, so that successes do not displace errors. */
const MAX_PER_KIND = 3;

const notifications = createStore<readonly Notification[]>([]);
let lastId = 0;

export const useNotifications = notifications.use;

export function notify(kind: Notification["kind"], text: string): void {
  lastId += 1;
  const id = lastId;
  const otherKind = notifications.get().filter((each) => each.kind !== kind);
  const sameKind = notifications.get().filter((each) => each.kind === kind);
  notifications.set([...otherKind, ...sameKind.slice(1 - MAX_PER_KIND), { id, kind, text }]);
  setTimeout(() => dismiss(id), DURATION_MS[kind]);
}

export function dismiss(id: number): void {
  notifications.set(notifications.get().filter((each) => each.id !== id));
}
