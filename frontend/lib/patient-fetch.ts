import { answered, nextTry } from "./outage";
import { retryAfter, spread } from "./retry-after";

const ANSWER_WITHIN_MS = 15_000;
const LONGEST_PAUSE_S = 15;

/**
 * Asks until there is an answer that is not 503, in the rhythm of `Retry-After`.
 *
 * Every request of ours can be repeated: a new task has an `Idempotency-Key`, a change an `If-Match`.
 */
export async function patientFetch(
  attempt: (signal: AbortSignal) => Promise<Response>,
  signal: AbortSignal,
): Promise<Response> {
  for (let failures = 0; ; failures += 1) {
    const response = await answerTo(attempt, signal);
    if (response && response.status !== 503) {
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
  try {
    const response = await attempt(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]));
    // To its end: an answer that breaks off is none.
    await response.clone().arrayBuffer();
    return response;
  } catch (error) {
    signal.throwIfAborted();
    // There is a TypeError where nobody answers, and a TimeoutError comes from above.
    const noAnswer =
      error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");
    if (noAnswer) return undefined;
    throw error;
  }
}
