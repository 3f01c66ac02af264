import { NetworkError } from "@/tasks/api-error";

import { endOutage, type OutageCause, waitForRetry } from "./outage";

const IDLE_TIMEOUT_MS = 15_000;
const MAX_BACKOFF_S = 15;
const MIN_RETRY_AFTER_S = 1;
const MAX_RETRY_AFTER_S = 60;
const MAX_JITTER = 0.25;

/** The service sends 503. A proxy sends 502 or 504 when the service is down or too slow. */
const RETRIED_STATUSES = [502, 503, 504];

type Attempt = (signal: AbortSignal) => Promise<Response>;

/** Whether this page has been able to read a response of the service. */
let hasReadResponse = false;

/**
 * Repeats a request until it gets a response whose status is not 502, 503 or 504. It waits as long as
 * `Retry-After` says, or else with exponential backoff. Any error but a NetworkError is thrown.
 *
 * Every request of the frontend is safe to repeat: a new task is sent with an `Idempotency-Key`, any
 * other change with `If-Match`.
 */
export async function retryFetch(attempt: Attempt, signal: AbortSignal, origin: string): Promise<Response> {
  for (let failures = 0; ; failures += 1) {
    const result = await fetchOnce(attempt, signal);
    const response = result instanceof Response ? result : undefined;
    hasReadResponse ||= response !== undefined;
    if (response && !RETRIED_STATUSES.includes(response.status)) {
      endOutage();
      return response;
    }
    const requested = parseRetryAfter(response?.headers.get("Retry-After") ?? null);
    const cause = await causeOf(result, failures, origin);
    await waitForRetry(withJitter(requested ?? Math.min(2 ** failures, MAX_BACKOFF_S)), cause, signal);
  }
}

/** Returns the error when no complete response arrives. Aborts when nothing has arrived for a while. */
async function fetchOnce(attempt: Attempt, signal: AbortSignal): Promise<Response | NetworkError> {
  // `AbortSignal.any` combines signals too, but Safari has it since 17.4 only.
  const either = new AbortController();
  const abort = () => either.abort(signal.reason);
  signal.addEventListener("abort", abort);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => either.abort(), IDLE_TIMEOUT_MS);
  };
  try {
    signal.throwIfAborted();
    restart();
    const response = await attempt(either.signal);
    await readToEnd(response, restart);
    return response;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof NetworkError) return error;
    if (either.signal.aborted) return new NetworkError("service", "It does not respond in time");
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** The connection can break or stall in the middle of the body. */
async function readToEnd(response: Response, onData: () => void): Promise<void> {
  const body = response.clone().body?.getReader();
  const read = () =>
    body?.read().catch((error: unknown) => {
      throw new NetworkError("service", error);
    });
  do onData();
  while ((await read())?.done === false);
}

async function causeOf(result: Response | NetworkError, failures: number, origin: string): Promise<OutageCause> {
  if (!navigator.onLine) return "offline";
  if (result instanceof Response) return "service";
  if (result.server === "sign-in" || hasReadResponse || failures === 0) return result.server;
  // Without CORS, a response is there, and only this page may not read it.
  const probe = fetch(`${origin}/livez`, { mode: "no-cors", cache: "no-store" });
  return probe.then(
    () => "cors",
    () => "service",
  );
}

/**
 * Returns how many seconds a `Retry-After` header asks to wait, limited to 1 to 60. The header is a
 * number or a date (RFC 9110, section 10.2.3). The result is undefined when it is neither.
 */
export function parseRetryAfter(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, MIN_RETRY_AFTER_S), MAX_RETRY_AFTER_S);
}

/** Adds up to a quarter, so that clients do not all retry at the same moment. */
export function withJitter(seconds: number, random = Math.random()): number {
  return seconds * (1 + MAX_JITTER * random);
}
