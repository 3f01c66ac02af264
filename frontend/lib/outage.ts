import { useSyncExternalStore } from "react";

/** A time in which the service does not answer; every request waits for the same next try. */
export interface Outage {
  /** When the next try is, in milliseconds since 1970. */
  retryAt: number;
}

interface Gate {
  opened: Promise<void>;
  open: () => void;
}

let outage: Outage | null = null;
let gate: Gate | null = null;
const listeners = new Set<() => void>();

/** Resolves when it is time for the next try, and rejects when the request is given up. */
export async function nextTry(seconds: number, signal: AbortSignal): Promise<void> {
  gate ??= closedFor(seconds);
  await Promise.race([gate.opened, aborted(signal)]);
}

/** Something has answered: the outage is over. */
export function answered(): void {
  gate?.open();
  if (outage) publish(null);
}

export function tryNow(): void {
  gate?.open();
}

export function useOutage(): Outage | null {
  return useSyncExternalStore(subscribe, () => outage, () => null);
}

function closedFor(seconds: number): Gate {
  let resolve = (): void => undefined;
  const opened = new Promise<void>((done) => (resolve = done));
  const open = () => {
    clearTimeout(timer);
    window.removeEventListener("online", open);
    gate = null;
    resolve();
  };
  const timer = setTimeout(open, seconds * 1000);
  window.addEventListener("online", open);
  publish({ retryAt: Date.now() + seconds * 1000 });
  return { opened, open };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(signal.reason);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
  });
}

function publish(next: Outage | null): void {
  outage = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
