import { IdleTimeout } from "./idle-timeout";
import { endOutage, waitForRetry } from "./outage";
import { parseRetryAfter, withJitter } from "./retry-after";

const IDLE_TIMEOUT_MS = 15_000;
const MAX_BACKOFF_S = 15;

/** The service sends 503. A proxy sends 502 or 504 when the service is down or too slow. */
const RETRIED_STATUSES = [502, 503, 504];

/**
 * Repeats a request until it gets a response whose status is not 502, 503 or 504. It waits as long as
 * `Retry-After` says, or else with exponential backoff.
 *
 * Every request of the frontend is safe to repeat: a new task is sent with an `Idempotency-Key`, any
 * other change with `If-Match`.
 */
export async function retryFetch(
  attempt: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  for (let failures = 0; ; failures += 1) {
    const response = await fetchOnce(attempt, signal);
    if (response && !RETRIED_STATUSES.includes(response.status)) {
      endOutage();
      return response;
    }
    const requested = parseRetryAfter(response?.headers.get("Retry-After") ?? null);
    await waitForRetry(withJitter(requested ?? Math.min(2 ** failures, MAX_BACKOFF_S)), signal);
  }
}

/** Returns undefined when no complete response arrives. */
async function fetchOnce(
  attempt: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const idleTimeout = new IdleTimeout(IDLE_TIMEOUT_MS);
  try {
    const response = await attempt(AbortSignal.any([signal, idleTimeout.signal]));
    // Reads the body to its end, because the connection can break or stall in the middle of it.
    const body = response.clone().body?.getReader();
    do idleTimeout.restart();
    while (body && !(await body.read()).done);
    return response;
  } catch (error) {
    signal.throwIfAborted();
    // `fetch` throws a TypeError for a network error.
    if (idleTimeout.signal.aborted || error instanceof TypeError) return undefined;
    throw error;
  } finally {
    idleTimeout.stop();
  }
}
