import { createStore } from "@/ui/store";

/** What does not respond: the network, the Tasks API, the server of this page; or CORS hides the responses. */
export type OutageCause = "offline" | "service" | "sign-in" | "cors";

/** A period in which requests get no response. All of them wait for the same retry. */
interface Outage {
  cause: OutageCause;
  /** The time of the next retry, in milliseconds since 1970. */
  retryAt: number;
}

const outage = createStore<Outage | null>(null);
/** What the requests that wait go on with. */
const waiting = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;

export const useOutage = outage.use;

/**
 * Resolves after `seconds`, or when the browser is online again if that is earlier, and rejects when the
 * request is aborted. A request that comes later waits for the same moment.
 */
export async function waitForRetry(seconds: number, cause: OutageCause, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (waiting.size === 0) {
    timer = setTimeout(retryNow, seconds * 1000);
    window.addEventListener("online", retryNow, { once: true });
    outage.set({ cause, retryAt: Date.now() + seconds * 1000 });
  }
  await new Promise<void>((resolve, reject) => {
    waiting.add(resolve);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

export function retryNow(): void {
  clearTimeout(timer);
  for (const proceed of waiting) proceed();
  waiting.clear();
}

/** Ends the outage, if there is one. Call this when the service has responded. */
export function endOutage(): void {
  retryNow();
  if (outage.get()) outage.set(null);
}
