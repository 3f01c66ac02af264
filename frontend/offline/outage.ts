import { createStore } from "@/ui/store";

/** What does not respond: the network, the Tasks API, the server of this page; or CORS hides the responses. */
export type OutageCause = "offline" | "service" | "sign-in" | "cors";

/** A period in which requests get no response. All of them wait for the same retry. */
export interface Outage {
  cause: OutageCause;
  /** The time of the next retry, in milliseconds since 1970. */
  retryAt: number;
}

interface ScheduledRetry {
  /** Resolves when the retry is due. */
  due: Promise<void>;
  startNow: () => void;
}

const outage = createStore<Outage | null>(null);
let scheduledRetry: ScheduledRetry | null = null;

export const useOutage = outage.use;

/** Resolves when it is time for the next retry, and rejects when the request is aborted. */
export async function waitForRetry(seconds: number, cause: OutageCause, signal: AbortSignal): Promise<void> {
  scheduledRetry ??= scheduleRetry(seconds, cause);
  await Promise.race([scheduledRetry.due, rejectOnAbort(signal)]);
}

/** Ends the outage, if there is one. Call this when the service has responded. */
export function endOutage(): void {
  scheduledRetry?.startNow();
  if (outage.get()) outage.set(null);
}

export function retryNow(): void {
  scheduledRetry?.startNow();
}

/** Schedules a retry after `seconds`, or for when the browser is online again if that is earlier. */
function scheduleRetry(seconds: number, cause: OutageCause): ScheduledRetry {
  let resolve = (): void => undefined;
  const due = new Promise<void>((done) => {
    resolve = done;
  });
  const startNow = () => {
    clearTimeout(timer);
    window.removeEventListener("online", startNow);
    scheduledRetry = null;
    resolve();
  };
  const timer = setTimeout(startNow, seconds * 1000);
  window.addEventListener("online", startNow);
  outage.set({ cause, retryAt: Date.now() + seconds * 1000 });
  return { due, startNow };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const rejectWithReason = () => reject(signal.reason);
    if (signal.aborted) rejectWithReason();
    signal.addEventListener("abort", rejectWithReason, { once: true });
  });
}
