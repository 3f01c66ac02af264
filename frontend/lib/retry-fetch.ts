import { answered, nextTry } from "./outage";
import { retryAfter, spread } from "./retry-after";
import { Silence } from "./idle-timeout";

const PATIENCE_MS = 15_000;
const LONGEST_PAUSE_S = 15;

/** 503 is the service's own; a proxy in front of it says the others where it is away or too slow. */
const UNAVAILABLE = [502, 503, 504];

/**
 * Asks until there is an answer that is not "unavailable", in the rhythm of `Retry-After`.
 *
 * Every request of ours can be repeated: a new task has an `Idempotency-Key`, a change an `If-Match`.
 */
export async function patientFetch(
  attempt: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  for (let failures = 0; ; failures += 1) {
    const response = await answerTo(attempt, signal);
    if (response && !UNAVAILABLE.includes(response.status)) {
      answered();
      return response;
    }
    const wanted = retryAfter(response?.headers.get("Retry-After") ?? null);
    await nextTry(spread(wanted ?? Math.min(2 ** failures, LONGEST_PAUSE_S)), signal);
  }
}

async function answerTo(
  attempt: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response | undefined> {
  const silence = new Silence(PATIENCE_MS);
  try {
    const response = await attempt(AbortSignal.any([signal, silence.signal]));
    // To its end, however long it is: an answer that breaks off or falls silent is none.
    const body = response.clone().body?.getReader();
    do silence.heard();
    while (body && !(await body.read()).done);
    return response;
  } catch (error) {
    signal.throwIfAborted();
    // There is a TypeError where nobody answers.
    if (silence.signal.aborted || error instanceof TypeError) return undefined;
    throw error;
  } finally {
    silence.end();
  }
}
