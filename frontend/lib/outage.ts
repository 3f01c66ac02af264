import { useSyncExternalStore } from "react";

/** A period in which the service does not respond. All failed requests wait for the same retry. */
export interface Outage {
  /** The time of the next retry, in milliseconds since 1970. */
  retryAt: number;
}

interface ScheduledRetry {
  /** Resolves when the retry is due. */
  due: Promise<void>;
  startNow: () => void;
}

let outage: Outage | null = null;
let scheduledRetry: ScheduledRetry | null = null;
const listeners = new Set<() => void>();

/** Resolves when it is time for the next retry, and rejects when the request is aborted. */
export async function waitForRetry(seconds: number, signal: AbortSignal): Promise<void> {
  scheduledRetry ??= scheduleRetry(seconds);
  await Promise.race([scheduledRetry.due, rejectOnAbort(signal)]);
}

/** Ends the outage, if there is one. Call this when the service has responded. */
export function endOutage(): void {
  scheduledRetry?.startNow();
  if (outage) publish(null);
}

export function retryNow(): void {
  scheduledRetry?.startNow();
}

export function useOutage(): Outage | null {
  return useSyncExternalStore(subscribe, () => outage, () => null);
}

/** Schedules a retry after `seconds`, or for when the browser is online again if that is earlier. */
function scheduleRetry(seconds: number): ScheduledRetry {
  let resolve = (): void => undefined;
  const due = new Promise<void>((done) => (resolve = done));
  const startNow = () => {
    clearTimeout(timer);
    window.removeEventListener("online", startNow);
    scheduledRetry = null;
    resolve();
  };
  const timer = setTimeout(startNow, seconds * 1000);
  window.addEventListener("online", startNow);
  publish({ retryAt: Date.now() + seconds * 1000 });
  return { due, startNow };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const rejectWithReason = () => reject(signal.reason);
    if (signal.aborted) rejectWithReason();
    signal.addEventListener("abort", rejectWithReason, { once: true });
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
